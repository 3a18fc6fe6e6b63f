// The examples of docs/dialects/quick-start.md and callbacks.md, run as they stand: each sends a message, or accepts a signed callback
// and refuses a forged one. PHP is not part of the repository's tools: its examples run where `php` is installed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { signedHeaders } from '#lib/security/signatures.ts';
import { chappe, chappeJson, root, run, type Serving, serve, temporaryFolder } from '../support/black-box.ts';

type Language = 'sh' | 'python' | 'js' | 'php';

/** How a file in a language is run. */
const programs: Readonly<Record<Language, readonly [program: string, extension: string]>> = {
  sh: ['bash', 'sh'],
  python: ['python3', 'py'],
  js: [process.execPath, 'mjs'],
  php: ['php', 'php'],
};

const isInstalled = (program: string) => spawnSync(program, ['--version']).status === 0;

interface Example {
  readonly heading: string;
  readonly language: Language;
  readonly code: string;
}

/** The fenced blocks of a page that name a language, with the heading above them. */
function examplesOf(page: string): Example[] {
  const text = readFileSync(join(root, 'docs/dialects', page), 'utf8');
  return text.split(/^## /m).flatMap((section) => {
    const heading = section.slice(0, section.indexOf('\n'));
    const blocks = [...section.matchAll(/^```(sh|python|js|php)\n(.*?)^```$/gms)];
    return blocks.map(([, language, code]) => ({ heading, language: language as Language, code: code! }));
  });
}

const folder = temporaryFolder();
after(() => folder.remove());

function fileOf({ heading, language }: Example, code: string): string {
  const path = join(folder.path, `${heading.replaceAll(' ', '-')}.${programs[language][1]}`);
  writeFileSync(path, code);
  return path;
}

const canRun = (example: Example) => isInstalled(programs[example.language][0]);

describe('quick start', () => {
  const here = { dataDir: join(folder.path, 'data') };
  const examples = examplesOf('quick-start.md');
  let serving: Serving;
  let keys: Record<string, string>;

  before(async () => {
    serving = await serve(here);
    const made = await chappeJson<{
      octopush: { user_login: string; api_key: string };
      ovh: { serviceName: string; applicationKey: string; applicationSecret: string; consumerKey: string };
      http2sms: { account: string; login: string; password: string };
    }>(['account', 'create', '--email', 'shop@example.com', '--credit', '25'], here);
    const { status, stderr } = await chappe(['sender', 'add', made.ovh.serviceName, 'Chappe'], here);
    assert.equal(status, 0, stderr);
    keys = {
      CHAPPE_URL: serving.url,
      OCTOPUSH_LOGIN: made.octopush.user_login,
      OCTOPUSH_KEY: made.octopush.api_key,
      OVH_SERVICE: made.ovh.serviceName,
      OVH_APPLICATION_KEY: made.ovh.applicationKey,
      OVH_APPLICATION_SECRET: made.ovh.applicationSecret,
      OVH_CONSUMER_KEY: made.ovh.consumerKey,
      HTTP2SMS_ACCOUNT: made.http2sms.account,
      HTTP2SMS_LOGIN: made.http2sms.login,
      HTTP2SMS_PASSWORD: made.http2sms.password,
    };
  });
  after(async () => {
    await serving.end('SIGTERM');
  });

  test('has an example of each API in each language', () => {
    const headings = ['Octopush REST', 'Octopush legacy', 'OVH', 'http2sms'];
    assert.deepEqual(
      examples.map(({ heading, language }) => `${heading}: ${language}`),
      headings.flatMap((heading) =>
        ['sh', 'python', 'js', 'php'].map((language) => `${heading}: ${language}`),
      ),
    );
  });

  test('every example sends one message', async () => {
    const runnable = examples.filter(canRun);
    assert.equal(runnable.length >= 12, true, 'bash, Python and Node are needed');
    const ended = await Promise.all(
      runnable.map(async (example) => {
        const [program] = programs[example.language];
        const surroundings = { ...here, env: { ...keys, no_proxy: '127.0.0.1' } };
        const { status, stdout, stderr } = await run(program, [fileOf(example, example.code)], surroundings);
        return {
          example: `${example.heading}, ${example.language}`,
          status,
          output: status === 0 ? '' : stdout + stderr,
        };
      }),
    );
    assert.deepEqual(
      ended.filter(({ status }) => status !== 0),
      [],
    );
    const list = ['message', 'list', '--account', keys['OVH_SERVICE']!, '--limit', '100'];
    assert.equal((await chappeJson<unknown[]>(list, here)).length, runnable.length);
  });
});

describe('signatures of callbacks', () => {
  const key = 'a secret of yours';
  const nowSeconds = 1_796_000_000;
  const body = '{"text":"Bonjour é"}';
  const push = {
    method: 'POST',
    url: 'https://example.com/',
    contentType: 'application/json',
    body,
  } as const;
  const header = signedHeaders(push, key, nowSeconds * 1000)['x-chappe-signature']!;
  const cases: readonly (readonly [
    received: string,
    key: string,
    header: string,
    now: number,
    isGenuine: boolean,
  ])[] = [
    [body, key, header, nowSeconds + 299, true],
    [`${body} `, key, header, nowSeconds, false],
    [body, 'another', header, nowSeconds, false],
    [body, key, header, nowSeconds + 301, false],
    [body, key, 'v1=', nowSeconds, false],
  ];
  /** Code that applies the function to each case and prints the results, one a line. */
  const callers: Readonly<Record<'python' | 'js' | 'php', string>> = {
    python: `
import json, sys
for received, key, header, now, _ in json.load(open(sys.argv[1])):
    print(str(is_from_chappe(key, header, received.encode(), now)).lower())`,
    js: `
import { readFileSync } from 'node:fs';
for (const [received, key, header, now] of JSON.parse(readFileSync(process.argv[2], 'utf8')))
  console.log(isFromChappe(key, header, Buffer.from(received), now));`,
    php: `
foreach (json_decode(file_get_contents($argv[1])) as [$received, $key, $header, $now])
    echo is_from_chappe($key, $header, $received, $now) ? 'true' : 'false', "\\n";`,
  };

  test('the function of each language accepts what Chappe signs, and nothing else', async () => {
    const examples = examplesOf('callbacks.md');
    assert.deepEqual(
      examples.map(({ language }) => language),
      ['python', 'js', 'php'],
    );
    const data = join(folder.path, 'cases.json');
    writeFileSync(data, JSON.stringify(cases));
    for (const example of examples.filter(canRun)) {
      const [program] = programs[example.language];
      const file = fileOf(example, example.code + callers[example.language as 'python' | 'js' | 'php']);
      const { stdout, stderr } = await run(program, [file, data], { dataDir: folder.path });
      assert.deepEqual(
        stdout.trim().split('\n'),
        cases.map(([, , , , isGenuine]) => String(isGenuine)),
        `${example.language}: ${stderr}`,
      );
    }
  });
});
