// chappe operator link: prints a one-time link that signs an operator in to the console. The rules are in
// operations/account/members/operator-links.ts.
import { baseUrlOf } from '#main/base-url.ts';
import { createOperatorLinks, enterPath } from '#operations/account/members/operator-links.ts';
import type { Command } from './command.ts';
import { withService } from './with-runtime.ts';

export const operatorLink: Command = {
  words: 'operator link',
  summary:
    'Prints a link that signs you in to the console once, within a day, and lets you choose a password. Former links end.',
  options: {
    email: { type: 'string', value: 'EMAIL', help: 'e-mail of the operator, if there are several' },
  },
  run: (call) =>
    withService(call, createOperatorLinks, async (links, access) => {
      const token = await links.create(access, call.text('email') ?? null);
      const link = baseUrlOf(call.config) + enterPath(token);
      call.print({ link }, [link]);
      return 0;
    }),
};
