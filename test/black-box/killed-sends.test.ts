// Hundreds of mails, and sends of 500 recipients over both HTTP dialects, while the platform is killed twice with kill -9:
// answered sends exist whole, others whole or not at all, and none exists twice, although every client repeats the sends
// without an answer. Each kill finds 2 or 3 sends and up to 40 mails in progress.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createTransport } from 'nodemailer';
import { silentLog } from '../../src/lib/observability/log.ts';
import { openDatabase, type Query } from '../../src/store/database/database.ts';
import { startEmbedded } from '../../src/store/embedded/embedded.ts';
import { audit } from '../../src/store/money/ledger.ts';
import { chappeJson, type Serving, serve, temporaryFolder } from '../support/black-box.ts';
import { type Keys, mobile, sendLegacy, sendRest } from '../support/clients.ts';
import { freePort } from '../support/free-port.ts';
import { violations } from '../support/invariants.ts';
import { subjectOf } from '../support/mails.ts';
import { sized } from '../support/size.ts';
import { until } from '../support/until.ts';

const folder = temporaryFolder();
after(() => folder.remove());

const mailCount = sized(300, 1000);
const relayConnections = 40;
const creditEuros = 1000;
const recipients = 500;
/** Begun at once when so many of the mails are answered; then the platform is killed. */
const sendsOfWave = sized(4, 8);
const waves = [0.2, 0.6].map((share, wave) => ({
  share,
  sends: Array.from({ length: sendsOfWave }, (_, i) => wave * sendsOfWave + i),
}));

/** A relay with a queue: each mail is brought again until it is answered with 250. */
class Relay {
  readonly answered = new Set<number>();
  readonly #port: number;
  readonly #mail: (index: number) => { subject: string; text: string };
  #next = 0;

  constructor(port: number, mail: (index: number) => { subject: string; text: string }) {
    this.#port = port;
    this.#mail = mail;
  }

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: relayConnections }, () => this.#work()));
  }

  async #work(): Promise<void> {
    let transport = this.#connect();
    while (this.#next < mailCount) {
      const index = this.#next++;
      while (!this.answered.has(index)) {
        try {
          const { response } = await transport.sendMail({
            from: 'relay@example.com',
            to: 'sms@octopush-dm.com',
            ...this.#mail(index),
          });
          assert.match(response, /^250 /);
          this.answered.add(index);
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
          transport.close();
          await pause();
          transport = this.#connect();
        }
      }
    }
    transport.close();
  }

  #connect() {
    return createTransport({
      host: '127.0.0.1',
      port: this.#port,
      ignoreTLS: true,
      pool: true,
      maxConnections: 1,
      maxMessages: Number.POSITIVE_INFINITY,
    });
  }
}

/** A program with sends of 500: each is made again, with its request id, until it is answered. */
class Program {
  readonly answered = new Set<number>();
  /** Made again after an answer was lost, and told that it was there already. */
  lostAnswers = 0;
  url = '';
  readonly #keys: Keys;

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  /** Every other one in the legacy dialect. */
  async send(index: number): Promise<void> {
    const options = { to: numbersOf(index), requestId: `send${index}` };
    for (;;) {
      try {
        const answer = await (index % 2 === 0 ? sendRest : sendLegacy)(this.url, this.#keys, options);
        const isKnown = answer.code === '182' || answer.code === '120';
        if (isKnown) this.lostAnswers++;
        if (isKnown || answer.isAccepted) break;
        // A breakdown is told as such while it stops; anything else is a refusal, and wrong here.
        assert.match(answer.code, /^(500|125)$/, answer.body);
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
      }
      await pause();
    }
    this.answered.add(index);
  }
}

/** Behind those of the mails. */
function numbersOf(send: number): string[] {
  return Array.from({ length: recipients }, (_, i) => mobile(mailCount + send * recipients + i));
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

/** How many messages each send has; those without any are not there. */
async function storedSends(query: Query): Promise<Map<number, number>> {
  const rows = await query<{ send: number; n: number }>(
    `select (msisdn - $1) / 100 / ${recipients} as send, count(*) as n from messages where msisdn >= $1 group by 1`,
    [Number(mobile(mailCount))],
  );
  return new Map(rows.map(({ send, n }) => [send, n]));
}

async function mailsOf(query: Query): Promise<Set<number>> {
  const rows = await query<{ msisdn: number }>('select msisdn from messages where msisdn < $1', [
    Number(mobile(mailCount)),
  ]);
  return new Set(rows.map(({ msisdn }) => msisdn));
}

/** While nobody is there to change anything. */
async function assertKept(query: Query, relay: Relay, program: Program): Promise<void> {
  const mails = await mailsOf(query);
  for (const index of relay.answered) assert.ok(mails.has(Number(mobile(index))), `mail ${index} is there`);
  const sends = await storedSends(query);
  for (const index of program.answered) assert.ok(sends.has(index), `send ${index} is there`);
  for (const [index, n] of sends) assert.equal(n, recipients, `send ${index} is whole`);
  assert.deepEqual(await audit(query), []);
}

async function anAccount(
  here: Parameters<typeof chappeJson>[1],
): Promise<Keys & { readonly serviceName: string }> {
  const { account, octopush } = await chappeJson<{
    account: string;
    octopush: { user_login: string; api_key: string };
  }>(['account', 'create', '--email', 'killed@example.com', '--credit', String(creditEuros)], here);
  return { serviceName: account, login: octopush.user_login, apiKey: octopush.api_key };
}

test('of mails and sends of 500 none is lost, halved or doubled, whenever the platform is killed', async (t) => {
  const dataDir = `${folder.path}/data`;
  const here = { dataDir, env: { CHAPPE_SMTP_PORT: String(await freePort()) } };
  let serving: Serving = await serve(here);
  const embedded = await startEmbedded({ dataDir, log: () => {} });
  const database = openDatabase(embedded.connection, silentLog, 2);
  try {
    const keys = await anAccount(here);
    const relay = new Relay(Number(here.env.CHAPPE_SMTP_PORT), (index) => {
      const form = new URLSearchParams({
        sms_text: `Mail ${index}`,
        sms_recipients: `+${mobile(index)}`,
        sms_type: 'FR',
        sms_sender: 'Chappe',
        transactional: '1',
        request_id: `mailNumber${String(index).padStart(4, '0')}`,
      });
      return { subject: subjectOf(keys), text: `start=start&${form}&end=end` };
    });
    const program = new Program(keys);
    const running = [relay.run()];
    for (const { share, sends } of waves) {
      await until('the relay has come so far', () => relay.answered.size >= mailCount * share);
      program.url = serving.url;
      const before = program.answered.size;
      running.push(...sends.map((index) => program.send(index)));
      await until('a send of this wave is answered', () => program.answered.size > before);
      await serving.end('SIGKILL', true);
      t.diagnostic(`killed with ${before + sends.length - program.answered.size} sends under way`);
      await assertKept(database.query, relay, program);
      serving = await serve(here);
      program.url = serving.url;
    }
    await Promise.all(running);
    t.diagnostic(`the answers of ${program.lostAnswers} sends were lost`);

    const rows = await database.query<{ msisdn: number }>('select msisdn from messages order by msisdn');
    const count = mailCount + waves.flatMap(({ sends }) => sends).length * recipients;
    assert.deepEqual(
      rows.map(({ msisdn }) => msisdn),
      Array.from({ length: count }, (_, index) => Number(mobile(index))),
    );
    const ignored = await database.query<{ reason: string }>('select distinct reason from ignored_mails');
    for (const { reason } of ignored) assert.equal(reason, 'request-already-seen');
    await until(
      'everything has left',
      async () => (await database.query('select 1 from chunks limit 1')).length === 0,
    );
    assert.equal(await serving.end('SIGTERM'), 0);
    assert.deepEqual(await violations(database.query), []);
    const [sums] = await database.query<{ held: number; spent: number; cost: number }>(
      `select held_micros as held, $2::bigint * 1000000 - balance_micros as spent,
         (select sum(cost_micros)::bigint from messages) as cost
       from balances where account_id = (select id from accounts where service_name = $1)`,
      [keys.serviceName, creditEuros],
    );
    assert.deepEqual([sums!.held, sums!.spent], [0, sums!.cost]);
  } finally {
    if (serving.child.exitCode === null && serving.child.signalCode === null)
      await serving.end('SIGKILL', true);
    await database.close();
    await embedded.stop();
  }
});
