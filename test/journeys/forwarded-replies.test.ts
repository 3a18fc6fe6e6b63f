// Replies in a mailbox: forwarded through the operator's relay, again until the relay has taken them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings } from '../../src/domain/account/account.ts';
import { mobile, sendLegacy } from '../support/clients.ts';
import { openPlatform } from '../support/platform.ts';
import { Relay } from '../support/relay.ts';
import { until } from '../support/until.ts';

const text = 'Soldes ! STOP au XXXXX';
const callbacks = { ...defaultSettings.callbacks, replyEmail: 'answers@example.com' };

test('a reply and a STOP arrive as mails, with callbacks or without', async () => {
  await using relay = await Relay.open();
  await using platform = await openPlatform({
    config: { mailRelay: relay.url, mailFrom: 'chappe@example.org' },
  });
  const account = await platform.anAccount();
  await platform.query(
    `update accounts set settings = jsonb_set(settings, '{callbacks}', $2::jsonb) where id = $1`,
    [account.id, JSON.stringify(callbacks)],
  );
  const to = [mobile(1, '98'), mobile(2, '99')];
  await sendLegacy(platform.url, account, { to, text, purpose: 'marketing' });
  await until('both are in the mailbox', () => relay.mails.length === 2);
  await platform.quiet();
  const [ok, stop] = relay.mails.toSorted((a, b) => (a.subject! < b.subject! ? -1 : 1));
  assert.partialDeepStrictEqual(ok, {
    subject: `Reply from +${mobile(1, '98')}`,
    envelopeFrom: 'chappe@example.org',
    envelopeTo: ['answers@example.com'],
  });
  assert.match(ok!.text!, /^OK\n/);
  assert.equal(stop!.subject, `STOP from +${mobile(2, '99')}`);
  assert.equal(relay.mails.length, 2);
});

test('while the relay refuses, the mail is pending, and the callback is not delayed', async () => {
  await using relay = await Relay.open();
  await using platform = await openPlatform({ config: { mailRelay: relay.url } });
  const account = await platform.anAccount();
  await platform.query(
    `update accounts set settings = jsonb_set(settings, '{callbacks,replyEmail}', '"answers@example.com"') where id = $1`,
    [account.id],
  );
  relay.isDown = true;
  await sendLegacy(platform.url, account, { to: [mobile(1, '98')], text, purpose: 'marketing' });
  await platform.customer.whenTaken(2);
  await until('the relay has refused', () => relay.refusals > 0);
  await until('it is put off', async () => {
    const rows = await platform.query("select 1 from callbacks where kind = 'mail' and process_id is null");
    return rows.length === 1;
  });
  relay.isDown = false;
  await platform.advance(6_000);
  await until('it is in the mailbox', () => relay.mails.length === 1);
  await platform.quiet();
});

test('words that look like a head or an attachment stay words', async () => {
  await using relay = await Relay.open();
  await using platform = await openPlatform({ config: { mailRelay: relay.url } });
  const account = await platform.anAccount();
  await platform.query(
    `update accounts set settings = jsonb_set(settings, '{callbacks,replyEmail}', '"answers@example.com"') where id = $1`,
    [account.id],
  );
  await sendLegacy(platform.url, account, { to: [mobile(1)], text, purpose: 'marketing' });
  await platform.customer.whenTold(mobile(1));
  const words = 'Bcc: all@example.com\r\n.\r\nÀ bientôt 🙂';
  platform.carrier.reply(mobile(1), 'Chappe', words);
  await until('it is in the mailbox', () => relay.mails.length === 1);
  await platform.quiet();
  assert.deepEqual(relay.mails[0]!.envelopeTo, ['answers@example.com']);
  assert.match(relay.mails[0]!.text!.replaceAll('\r\n', '\n'), /^Bcc: all@example.com\n\.\nÀ bientôt 🙂\n/);
});
