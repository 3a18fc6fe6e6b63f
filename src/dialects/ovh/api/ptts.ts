// What each ptt means, for people: OVH's main table (docs/dialects/ovh.md#history), in our words. delivery.ts tells which
// of them a message has.

export interface Ptt {
  readonly description: string;
  readonly comment: string;
  readonly duration: 'permanent' | 'temporary' | 'indeterminated';
}

const ptt = (description: string, comment: string, duration: Ptt['duration']): Ptt => ({
  description,
  comment,
  duration,
});

export const ptts: Readonly<Record<number, Ptt>> = {
  0: ptt('Pending', 'Nothing is known of it yet', 'temporary'),
  1: ptt('Phone problem', 'Not delivered yet because of the phone: the operator tries again', 'temporary'),
  2: ptt('Operator problem', 'Not delivered yet because of the operator: it tries again', 'temporary'),
  3: ptt('Accepted', 'The operator has accepted the SMS', 'temporary'),
  4: ptt('Delivered', 'The phone has received the SMS', 'permanent'),
  5: ptt('Not delivered', 'The reason is not known', 'indeterminated'),
  6: ptt('Unknown', 'The operator does not know what became of the SMS', 'indeterminated'),
  8: ptt('Expired', 'The validity ran out before the SMS could be delivered', 'indeterminated'),
  20: ptt('Not deliverable', 'The SMS cannot be delivered in this form', 'indeterminated'),
  21: ptt('No credit', 'The subscriber has no credit left with the operator', 'temporary'),
  23: ptt('Bad number', 'The number is wrong, not assigned, barred or blacklisted', 'permanent'),
  24: ptt('Absent', 'The subscriber could not be reached', 'temporary'),
  25: ptt('Network failure', 'A failure of the network that does not last', 'temporary'),
  26: ptt('Phone failure', 'A failure of the phone that does not last, such as a full memory', 'temporary'),
  27: ptt('Unable phone', 'The phone cannot receive this kind of SMS', 'permanent'),
  28: ptt('Suspected spam', 'The operator takes the SMS for spam', 'indeterminated'),
  29: ptt('Content not permitted', 'The content of the SMS is not permitted', 'permanent'),
  33: ptt('Parental lock', 'A parental control refuses the SMS', 'permanent'),
  39: ptt('New failure', 'A failure of the operator that is not known yet', 'indeterminated'),
  73: ptt(
    'Ported, unreachable',
    'The number was ported, and its new operator is not reachable',
    'indeterminated',
  ),
  74: ptt('Roaming', 'The subscriber is abroad', 'temporary'),
  76: ptt('Ported, blocked', 'The number was ported to an operator that is blocked here', 'permanent'),
  202: ptt('Ported, blocked', 'The number was ported to an operator that is blocked here', 'permanent'),
  1999: ptt('No template', 'The text follows no validated template (United States)', 'permanent'),
};
