// Random requests to every REST endpoint of a whole platform: each is answered, and none with an internal error.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { endpoints } from '../../src/dialects/octopush/rest/routes.ts';
import { mobile } from '../support/clients.ts';
import { openPlatform } from '../support/platform.ts';
import { callRest } from '../support/rest.ts';
import { sized } from '../support/size.ts';

test('random fields never cause a 5xx, and leave a consistent ledger', async () => {
  await using platform = await openPlatform();
  const account = await platform.anAccount({ callbackPath: null });
  const call = (what: string, input: Record<string, unknown>) => callRest(platform.url, account, what, input);
  await call('POST contact/create', {
    contacts: [{ phone_number: mobile(1) }],
    list_name: 'a',
    tag_name: 'a',
  });
  const created = await call('POST sms-campaign-on-list/create', {
    list_name: 'a',
    text: 'Hello',
    purpose: 'alert',
  });
  const ticket = String(created.members['ticket_number']);
  const sub = await call('POST subaccount/create', {});
  const login = String(sub.members['login']);
  const known = fc.constantFrom<unknown>(
    ticket,
    login,
    mobile(2),
    [mobile(3), 'x'],
    [{ phone_number: mobile(4), first_name: '\0\ud800' }],
    'a',
    'Hello\0',
    '\ud800',
    'alert',
    true,
    1e300,
    -1,
    '9'.repeat(400),
    'http://127.0.0.1/',
    {},
  );
  const request = fc.constantFrom(...endpoints).chain((endpoint) => {
    const names = fc.constantFrom(...Object.keys(endpoint.input.properties), 'x');
    const value = fc.oneof({ weight: 3, arbitrary: known }, fc.jsonValue());
    return fc.record({ endpoint: fc.constant(endpoint), members: fc.dictionary(names, value) });
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ endpoint: { method, path }, members }) => {
      const where = path.slice(1).replace('{login}', encodeURIComponent(login));
      const input =
        method === 'GET'
          ? Object.fromEntries(
              Object.entries(members).map(([name, value]) => [
                name,
                (JSON.stringify(value) ?? '').toWellFormed(),
              ]),
            )
          : members;
      const answer = await call(`${method} ${where}`, input);
      assert.ok(answer.status < 500, `${method} ${path} ${JSON.stringify(answer.members)}`);
    }),
    { numRuns: sized(300, 5_000) },
  );
});
