// English sentences for the reasons of refused calls. Each reason of the console has one; a refusal of the domain without a
// sentence here shows the detail of the server.
import type { ConsoleReason, FieldFault } from '../../../../src/dialects/console/contract/errors.ts';

const reasons: Readonly<Record<ConsoleReason | 'offline', string>> = {
  offline: 'The server did not answer. Figures on this page are of the last answer.',
  'request-invalid': 'Some fields are not right.',
  'value-invalid': 'This value is not accepted.',
  'session-missing': 'Your session ended. Sign in again; this page stays open.',
  'second-factor-missing': 'The code of your second factor is still missing.',
  'origin-foreign': 'The request came from another site. Open the console by its own address.',
  'csrf-wrong': 'The page is older than your session. Reload it.',
  'https-needed':
    'Signing in needs HTTPS here: passwords would cross the network in the clear. Open the console by https://, or on the machine itself by http://127.0.0.1.',
  'sign-in-wrong': 'E-mail or password is wrong.',
  'sign-in-blocked': 'This account is blocked. The operator can open it again.',
  'sign-in-too-many': 'Too many tries. Wait, or ask the operator for a link: npx chappe operator link',
  'second-factor-wrong':
    'The code is wrong. Use the newest one of the app, and check the clock of the phone.',
  'link-invalid':
    'This link was used, was replaced, or is older than 24 hours. The operator makes a new one: npx chappe operator link',
  'invitation-invalid': 'This invitation was used, was withdrawn, or has expired. Ask for a new one.',
  'password-weak':
    'This password is among the frequent ones, or is your e-mail. Choose another; a sentence is easy to remember.',
  'not-found': 'There is no such row in this account. It may have been deleted.',
  conflict: 'The state changed meanwhile. Look at the page again.',
  'too-many-streams': 'Too many live connections. The page refreshes every 10 s instead.',
};

const faults: Readonly<Record<FieldFault, string>> = {
  missing: 'Fill in this field.',
  unknown: 'This field is not known.',
  'too-short': 'This is too short.',
  'too-long': 'This is too long.',
  'too-small': 'This is too small.',
  'too-large': 'This is too large.',
  'not-allowed': 'This value is not possible here.',
  'wrong-type': 'This has the wrong form.',
  malformed: 'This cannot be read.',
};

export const errors = {
  defect: 'Something broke on our side.',
  ours: 'Nothing that was accepted is lost. Try again; if it happens again, give the code to the operator.',
  id: 'Code',
  required: 'Fill in this field.',
  faults,
  reasons,
};
