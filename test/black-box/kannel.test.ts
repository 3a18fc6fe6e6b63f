// Kannel, the SMS gateway of many installations, as a customer of the SMPP listener: a text by its HTTP interface, a long one
// that it cuts, and their receipts at its dlr-url. Needs the package `kannel` of Debian on the machine.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chappeJson, type Serving, serve, start, temporaryFolder } from '../support/black-box.ts';
import { mobile } from '../support/clients.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

const bearerbox = '/usr/sbin/bearerbox';
const smsbox = '/usr/sbin/smsbox';

function isInstalled(): boolean {
  try {
    for (const program of [bearerbox, smsbox]) accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

interface Created {
  readonly account: string;
  readonly smpp: { readonly system_id: string; readonly password: string };
}

describe('Kannel as a customer', {
  skip: isInstalled() ? false : 'the package kannel is not installed',
}, () => {
  const folder = temporaryFolder();
  const configFolder = mkdtempSync(join(tmpdir(), 'chappe-kannel-'));
  const programs: ReturnType<typeof start>[] = [];
  const receipts: URLSearchParams[] = [];
  let serving: Serving;
  let receiver: Server;
  let sendPort = 0;

  before(async () => {
    const smppPort = await freePort();
    const here = { dataDir: folder.path, env: { CHAPPE_DEMO: 'false', CHAPPE_SMPP_PORT: String(smppPort) } };
    serving = await serve(here);
    const created = await chappeJson<Created>(
      ['account', 'create', '--email', 'kannel@example.com', '--credit', '10'],
      here,
    );
    receiver = createServer((request, response) => {
      receipts.push(new URL(request.url!, 'http://localhost').searchParams);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const [adminPort, boxPort] = [await freePort(), await freePort()];
    sendPort = await freePort();
    const config = join(configFolder, 'kannel.conf');
    writeFileSync(config, kannelConfig({ ...created.smpp, smppPort, adminPort, boxPort, sendPort }));
    for (const program of [bearerbox, smsbox]) {
      programs.push(start(program, ['-v', '1', config], here));
      if (program === bearerbox) await untilListens(boxPort);
    }
    await untilListens(sendPort);
  });

  after(async () => {
    for (const program of programs) {
      program.kill('SIGKILL');
      if (program.exitCode === null && program.signalCode === null) await once(program, 'close');
    }
    receiver?.close();
    await serving?.end('SIGTERM');
    folder.remove();
    rmSync(configFolder, { recursive: true, force: true });
  });

  async function send(number: string, text: string): Promise<string> {
    const { port } = receiver.address() as AddressInfo;
    const dlr = `http://127.0.0.1:${port}/?to=${number}&type=%d&answer=%A`;
    const query = new URLSearchParams({
      ...{ username: 'tester', password: 'tester', from: 'Chappe', to: number, text },
      ...{ charset: 'UTF-8', coding: '0', 'dlr-mask': '31', 'dlr-url': dlr },
    });
    const response = await fetch(`http://127.0.0.1:${sendPort}/cgi-bin/sendsms?${query}`);
    return `${response.status} ${await response.text()}`;
  }

  const typesOf = (number: string) =>
    receipts.filter((receipt) => receipt.get('to') === number).map((receipt) => receipt.get('type'));

  test('a text is accepted and its delivery is reported', async () => {
    assert.match(await send(mobile(1), 'Bonjour é @ €'), /^202 0: Accepted/);
    // 8: the SMSC has it; 1: delivered.
    await until('Kannel reports the delivery', () => typesOf(mobile(1)).includes('1'), {
      tell: () => receipts.map(String),
    });
  });

  test('a failure is reported', async () => {
    assert.match(await send(mobile(2, '90'), 'Bonjour'), /^202 0: Accepted/);
    await until('Kannel reports the failure', () => typesOf(mobile(2, '90')).includes('2'), {
      tell: () => receipts.map(String),
    });
  });

  test('a text that Kannel cuts arrives whole and is reported', async () => {
    const long = 'Un texte assez long pour trois segments, que Kannel coupe. '.repeat(6);
    assert.match(await send(mobile(3), long), /^202 0: Accepted/);
    await until('Kannel reports the delivery', () => typesOf(mobile(3)).includes('1'), {
      tell: () => receipts.map(String),
    });
  });
});

async function untilListens(port: number): Promise<void> {
  await until(`port ${port} listens`, () =>
    fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(500) }).then(
      () => true,
      (error: Error) => (error.cause as { code?: string } | undefined)?.code !== 'ECONNREFUSED',
    ),
  );
}

interface KannelOptions {
  readonly system_id: string;
  readonly password: string;
  readonly smppPort: number;
  readonly adminPort: number;
  readonly boxPort: number;
  readonly sendPort: number;
}

/** The settings of docs/dialects/smpp.md#kannel. */
function kannelConfig({
  system_id,
  password,
  smppPort,
  adminPort,
  boxPort,
  sendPort,
}: KannelOptions): string {
  return `
group = core
admin-port = ${adminPort}
admin-interface = 127.0.0.1
admin-password = tester
smsbox-port = ${boxPort}
smsbox-interface = 127.0.0.1

group = smsc
smsc = smpp
smsc-id = chappe
host = 127.0.0.1
port = ${smppPort}
transceiver-mode = true
smsc-username = ${system_id}
smsc-password = ${password}
system-type = ""
alt-charset = "GSM"

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = ${boxPort}
sendsms-port = ${sendPort}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = tester
password = tester
concatenation = true
max-messages = 10

group = sms-service
keyword = default
text = ""
max-messages = 0
`;
}
