// A thousand mails at once while the platform is killed with kill -9: what was answered with 250 is there, and nothing is
// there twice, though the relay brings again whatever was not answered.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createTransport } from 'nodemailer';
import { silentLog } from '../../src/lib/log.ts';
import { openDatabase } from '../../src/store/database.ts';
import { startEmbedded } from '../../src/store/embedded/embedded.ts';
import { mobile } from '../support/doors.ts';
import { violations } from '../support/invariants.ts';
import { subjectOf } from '../support/mails.ts';
import { freePort, type Serving, serve, temporaryFolder } from '../support/outside.ts';
import { until } from '../support/until.ts';

const folder = temporaryFolder();
after(() => folder.remove());

const mailCount = 1000;
const relayConnections = 40;

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
          await new Promise((resolve) => setTimeout(resolve, 50));
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

test('of a thousand mails none is lost and none is sent for twice, whenever the platform is killed', async () => {
  const dataDir = `${folder.path}/data`;
  const here = { dataDir, env: { CHAPPE_SMTP_PORT: String(await freePort()) } };
  let serving: Serving = await serve(here);
  const embedded = await startEmbedded({ dataDir, log: () => {} });
  const database = openDatabase(embedded.connection, silentLog, 2);
  try {
    const { login, key: apiKey } = serving.demo;
    const relay = new Relay(Number(here.env.CHAPPE_SMTP_PORT), (index) => {
      const form = new URLSearchParams({
        sms_text: `Mail ${index}`,
        sms_recipients: `+${mobile(index)}`,
        sms_type: 'FR',
        sms_sender: 'Chappe',
        transactional: '1',
        request_id: `mailNumber${String(index).padStart(4, '0')}`,
      });
      return { subject: subjectOf({ login, apiKey }), text: `start=start&${form}&end=end` };
    });
    const running = relay.run();
    for (const share of [0.2, 0.6]) {
      await until('the relay has come so far', () => relay.answered.size >= mailCount * share, {
        withinMs: 60_000,
      });
      await serving.end('SIGKILL', true);
      const answered = [...relay.answered].map((index) => Number(mobile(index)));
      const found = await database.query('select 1 from messages where msisdn = any($1::bigint[])', [
        answered,
      ]);
      assert.ok(found.length >= answered.length, `${answered.length} answered, ${found.length} found`);
      serving = await serve(here);
    }
    await running;
    const rows = await database.query<{ msisdn: number }>('select msisdn from messages order by msisdn');
    assert.deepEqual(
      rows.map(({ msisdn }) => msisdn),
      Array.from({ length: mailCount }, (_, index) => Number(mobile(index))),
    );
    const ignored = await database.query<{ reason: string }>('select distinct reason from ignored_mails');
    for (const { reason } of ignored) assert.equal(reason, 'request-already-seen');
    assert.equal(await serving.end('SIGTERM'), 0);
    assert.deepEqual(await violations(database.query), []);
  } finally {
    if (serving.child.exitCode === null && serving.child.signalCode === null)
      await serving.end('SIGKILL', true);
    await database.close();
    await embedded.stop();
  }
});
