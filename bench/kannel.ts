// Kannel, the peer: starts Debian's bearerbox and smsbox with the settings that were found to suit it best.
// Used by the bench. Best means best for speed with a store on disk: bench/README.md lists the tried settings.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess } from './commands.ts';
import { freePorts, waitFor } from './ports.ts';
import type { SystemSettings, SystemUnderTest } from './system-under-test.ts';

const bearerbox = '/usr/sbin/bearerbox';
const smsbox = '/usr/sbin/smsbox';
const password = 'bench';
/** Recipients in one sendsms request: its URL stays far below what smsbox reads. */
const bulkThreshold = 100;

export function isKannelInstalled(): boolean {
  return existsSync(bearerbox) && existsSync(smsbox);
}

export async function startKannel(settings: SystemSettings): Promise<SystemUnderTest> {
  mkdirSync(settings.folder, { recursive: true });
  const [adminPort, boxPort, sendPort] = (await freePorts(3)) as [number, number, number];
  const file = join(settings.folder, 'kannel.conf');
  writeFileSync(file, configuration(settings, adminPort, boxPort, sendPort));
  const status = (): Promise<string> =>
    getText(`http://127.0.0.1:${adminPort}/status.txt?password=${password}`);

  const bearer = spawnBox(bearerbox, file);
  await waitFor('bearerbox', 20_000, status);
  const sms = spawnBox(smsbox, file);
  const stop = async (): Promise<void> => {
    await endProcess(sms);
    await endProcess(bearer);
  };
  try {
    await waitFor('the link of Kannel', 30_000, async () => {
      const text = await status();
      const online = text.match(/\(online /g)?.length ?? 0;
      return online >= settings.binds && text.includes('smsbox:') ? text : null;
    });
    await waitFor('the port of smsbox', 20_000, () => getText(`http://127.0.0.1:${sendPort}/`));
  } catch (error) {
    await stop();
    throw error;
  }

  const target = {
    dialect: 'kannel',
    port: sendPort,
    login: 'bench',
    key: password,
    callbackUrl: `http://127.0.0.1:${settings.receiverPort}/dlr`,
  } as const;
  const group = (child: ChildProcess) => ({
    pids: () => [child.pid!],
    withEndedChildren: true,
    memory: 'peak-rss' as const,
  });
  return {
    name: 'kannel',
    version: readVersion(),
    groups: { bearerbox: group(bearer), smsbox: group(sms) },
    single: target,
    bulk: target,
    bulkThreshold,
    reads: null,
    stop,
  };
}

function spawnBox(program: string, file: string): ChildProcess {
  return spawn(program, ['-v', '4', file], { stdio: 'ignore' });
}

async function getText(url: string): Promise<string> {
  const response = await fetch(url);
  return await response.text();
}

function readVersion(): string {
  const text = execFileSync(bearerbox, ['--version'], { encoding: 'utf8' });
  return /version [`']?([\w.]+)/.exec(text)?.[1] ?? 'unknown';
}

function configuration(
  settings: SystemSettings,
  adminPort: number,
  boxPort: number,
  sendPort: number,
): string {
  const link = `
group = smsc
smsc = smpp
smsc-id = sim
host = 127.0.0.1
port = ${settings.carrierPort}
transceiver-mode = true
smsc-username = bench
smsc-password = bench
system-type = ""
max-pending-submits = ${settings.window}
enquire-link-interval = 30
`;
  return `
group = core
admin-port = ${adminPort}
admin-interface = 127.0.0.1
admin-password = ${password}
smsbox-port = ${boxPort}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
box-deny-ip = "*.*.*.*"
log-level = 4
dlr-storage = internal
store-type = file
store-location = "${join(settings.folder, 'store')}"
smsbox-max-pending = 1000
${link.repeat(settings.binds)}
group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = ${boxPort}
sendsms-port = ${sendPort}
sendsms-interface = 127.0.0.1
log-level = 4
global-sender = Bench
http-request-retry = 3
http-queue-delay = 1

group = sendsms-user
username = bench
password = ${password}
max-messages = 10
concatenation = true
`;
}
