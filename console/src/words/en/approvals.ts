// English words of the approval of a campaign by a second member.
import { counted, number } from '../format.ts';

export const approvals = {
  title: 'Approval',
  waitingList: 'Approvals',
  campaignOf: (title: string) => title || 'Campaign without a text',
  facts: (count: number, cost: string) => `${counted(count, 'message', 'messages')} · ${cost}`,
  needed: 'Another owner or editor approves this campaign before it can be sent.',
  noDecider:
    'No other member can approve. Invite an owner or an editor in Settings, Members; the operator can approve too.',
  question: 'For the person who approves',
  questionHint: 'Optional. They read it beside the text, the recipients and the price.',
  ask: (count: number, cost: string) =>
    `Ask for approval · ${counted(count, 'message', 'messages')} · ${cost}`,
  asked: 'The approval was asked for.',
  askAgain: 'Ask for a new approval',
  states: { waiting: 'Waits for approval', approved: 'Approved', refused: 'Refused' },
  askedBy: (name: string, at: string) => `${name} asked on ${at}`,
  approvedBy: (name: string, at: string) => `Approved by ${name}, ${at}`,
  waitingOwn: 'Another member decides',
  waitingOwnText:
    'Nothing is sent meanwhile, and the content does not change. Take the question back to change it.',
  waitingOther: 'Your decision is asked for',
  waitingOtherText: 'Approving sends nothing: it lets the campaign be sent exactly as it is here.',
  approvedText: 'It can be sent exactly as it is here. If an opt-out or a price moved, you see that first.',
  refusedTitle: (name: string) => `${name} refused this campaign`,
  refusedText: 'Change it and ask again.',
  approve: 'Approve',
  refuse: 'Refuse',
  approveTitle: 'Approve this campaign?',
  approveText: (count: number, cost: string) =>
    `${counted(count, 'message', 'messages')} for ${cost} can be sent then, and not more.`,
  refuseTitle: 'Refuse this campaign?',
  refuseText: 'It becomes a draft again, with your note.',
  note: 'Note',
  noteHint: 'The person who asked reads it.',
  approved: 'Approved.',
  refused: 'Refused.',
  withdraw: 'Change the campaign',
  withdrawTitle: 'Take the question back?',
  withdrawText: 'The campaign becomes a draft again. An approval is asked for again before it is sent.',
  withdrawn: 'It is a draft again.',
  openCompose: 'Open',
  movedAway: 'The approval does not cover the new figures: they send more or cost more.',
  own: 'Nobody approves their own campaign.',
  rule: 'Approval by a second member',
  ruleText:
    'Campaigns written in the console wait for another owner or editor. What your software sends through an API is not concerned.',
  ruleNone: 'No campaign needs it',
  ruleAll: 'Every campaign needs it',
  ruleAbove: 'Campaigns above a number of messages need it',
  ruleNumber: 'Messages',
  ruleShown: (above: number | null) =>
    above === null ? 'not needed' : above === 0 ? 'every campaign' : `above ${number(above)} messages`,
};
