// Meanings of the ptt codes for people: OVH's main table (docs/dialects/ovh.md#history), rephrased. Used by estimates.ts.
// delivery.ts chooses the code of a message.

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
  0: ptt('Pending', 'No status is known yet', 'temporary'),
  1: ptt('Phone problem', 'Not delivered yet because of the phone: the operator tries again', 'temporary'),
  2: ptt('Operator problem', 'Not delivered yet because of the operator: it tries again', 'temporary'),
  3: ptt('Accepted', 'The operator has accepted the SMS', 'temporary'),
  4: ptt('Delivered', 'The phone has received the SMS', 'permanent'),
  5: ptt('Not delivered', 'The reason is not known', 'indeterminated'),
  6: ptt('Unknown', 'The operator does not know the final status of the SMS', 'indeterminated'),
  8: ptt('Expired', 'The validity ran out before the SMS could be delivered', 'indeterminated'),
  20: ptt('Not deliverable', 'The SMS cannot be delivered in this form', 'indeterminated'),
  21: ptt('No credit', 'The subscriber has no credit left with the operator', 'temporary'),
  23: ptt('Bad number', 'The number is wrong, not assigned, barred or blacklisted', 'permanent'),
  24: ptt('Absent', 'The subscriber could not be reached', 'temporary'),
  25: ptt('Network failure', 'A temporary failure of the network', 'temporary'),
  26: ptt('Phone failure', 'A temporary failure of the phone, such as a full memory', 'temporary'),
  27: ptt('Unable phone', 'The phone cannot receive this kind of SMS', 'permanent'),
  28: ptt('Suspected spam', 'The operator suspects spam', 'indeterminated'),
  29: ptt('Content not permitted', 'The content of the SMS is not permitted', 'permanent'),
  33: ptt('Parental lock', 'A parental control refuses the SMS', 'permanent'),
  39: ptt('New failure', 'An unknown failure of the operator', 'indeterminated'),
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
