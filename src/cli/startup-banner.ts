// The output of `serve`: the addresses of the listeners and one working command for each. Used by the command `serve`.

import type { Config } from '#main/config/settings.ts';
import { authorityFile } from '#main/local-authority.ts';
import type { RunningProcess } from '#main/running-process.ts';
import type { Runtime } from '#main/runtime.ts';
import type { Demo } from '#operations/operator/accounts/demo-account.ts';

export function startupBanner(
  config: Config,
  runtime: Runtime,
  running: RunningProcess,
  { demo, link }: { readonly demo: Demo | null; readonly link: string | null },
): string[] {
  const lines = ['', 'Chappe'];
  const database = runtime.isEmbedded ? `embedded, in ${config.dataDir}` : "the operator's own";
  lines.push(`  database  PostgreSQL ${runtime.version} (${database})`);
  if (running.connectors.simulator !== null)
    lines.push(
      '  carrier   simulated: the last two digits of a number decide its fate (docs/simulated-carrier.md)',
    );
  else if (running.connectors.connectors.size === 0 && config.roles.includes('dispatch'))
    lines.push(
      '  carrier   none: messages wait for one (chappe carrier add; CHAPPE_SIMULATED_CARRIER=true to try)',
    );
  if (running.httpUrl !== null) lines.push(`  HTTP      ${running.httpUrl}`);
  if (running.httpsUrl !== null) lines.push(`  HTTPS     ${running.httpsUrl}${trusted(config)}`);
  if (link !== null)
    lines.push(`  console   ${link}${link.includes('#') ? '  (signs you in once, within a day)' : ''}`);
  if (config.proxy)
    lines.push(
      '  proxy     a tunnel to any host (CONNECT) leads here, on the HTTP and HTTPS ports (CHAPPE_PROXY)',
    );
  if (running.smtpUrl !== null)
    lines.push(`  SMTP      ${running.smtpUrl}, a mail to ${mailboxes(config)} becomes an SMS`);
  const smpp = [running.smppUrl, running.smppsUrl].filter((url) => url !== null).join(', ');
  if (smpp !== '') lines.push(`  SMPP      ${smpp} (docs/dialects/smpp.md)`);
  if (running.operationsUrl !== null)
    lines.push(`  metrics   ${running.operationsUrl}/metrics (docs/operating/metrics.md)`);
  if (demo !== null && running.httpUrl !== null)
    lines.push(
      '',
      ...demoCommands(running.httpUrl, demo, whereabouts(config), [
        ...httpsCommand(running.httpsUrl, config, demo),
        ...mailCommand(running.smtpUrl, config.smtpMailboxes[0]!, demo),
      ]),
    );
  lines.push('');
  return lines;
}

function mailboxes({ smtpMailboxes, ovhMailboxes }: Config): string {
  return [...smtpMailboxes, ...ovhMailboxes.filter((box) => !box.startsWith('@'))].join(' or ');
}

/** The flags that a command in another terminal needs for the same data. */
function whereabouts(config: Config): string {
  const isFound = config.databaseUrl !== null || config.dataDir === './data';
  return isFound ? '' : ` --data-dir '${config.dataDir}'`;
}

/** The certificate that clients of the HTTPS listener must trust; none with the operator's own. */
function trusted({ tlsCert, dataDir }: Config): string {
  return tlsCert === null ? `, trusted with ${authorityFile(dataDir)} (docs/operating/https.md)` : '';
}

/** None with the operator's own certificate: its name is unknown here. */
function httpsCommand(url: string | null, { tlsCert, dataDir }: Config, demo: Demo): string[] {
  if (url === null || tlsCert !== null) return [];
  const trust = `--cacert '${authorityFile(dataDir)}' `;
  return ['  Octopush legacy, by HTTPS:', ...legacyCommand(url, demo, trust), ''];
}

/** Everything in the subject, and the text as the body; each mail has its own id. */
function mailCommand(url: string | null, mailbox: string, { login, apiKey }: Demo): string[] {
  if (url === null) return [];
  const fields =
    `user_login=${encodeURIComponent(login)}&api_key=${apiKey}&sms_recipients=%2B33601020304&sms_type=FR` +
    '&sms_sender=Chappe&transactional=1&request_id=mail$(date +%s)$RANDOM';
  return [
    '  mail to SMS:',
    `  curl '${url}' --mail-from '${login}' --mail-rcpt '${mailbox}' \\`,
    `    -H "Subject: ${fields}" \\`,
    `    -F '=Hello from Chappe'`,
    '',
  ];
}

function legacyCommand(url: string, { login, apiKey }: Demo, trust = ''): string[] {
  return [
    `  curl ${trust}'${url}/api/sms' -d 'user_login=${encodeURIComponent(login)}' -d 'api_key=${apiKey}' \\`,
    `    -d 'sms_recipients=+33601020304' --data-urlencode 'sms_text=Hello from Chappe' -d 'sms_type=FR' \\`,
    `    -d 'sms_sender=Chappe' -d 'transactional=1'`,
  ];
}

/** Signed in the shell (docs/dialects/ovh.md#keys-and-signatures), with the time of its execution. */
function ovhCommand(url: string, { ovh }: Demo): string[] {
  if (ovh === undefined) return [];
  const job =
    '{"message":"Hello from Chappe","sender":"Chappe","receivers":["+33601020304"],"noStopClause":true}';
  return [
    `  OVH (keys of other accounts are made at ${url}/createToken/):`,
    `  T=$(date +%s) U='${url}/1.0/sms/${ovh.serviceName}/jobs' B='${job}'; \\`,
    `  S="${ovh.applicationSecret}+${ovh.consumerKey}+POST+$U+$B+$T"; \\`,
    `  curl "$U" -d "$B" -H 'X-Ovh-Application: ${ovh.applicationKey}' -H 'X-Ovh-Consumer: ${ovh.consumerKey}' \\`,
    `    -H "X-Ovh-Timestamp: $T" -H "X-Ovh-Signature: \\$1\\$$(printf %s "$S" | openssl sha1 | sed 's/.* //')"`,
    '',
  ];
}

function http2smsCommand(url: string, { ovh, user }: Demo): string[] {
  if (ovh === undefined || user === undefined) return [];
  return [
    '  http2sms:',
    `  curl '${url}/cgi-bin/sms/http2sms.cgi?account=${ovh.serviceName}&login=${user.login}&password=${user.password}&from=Chappe&to=0033601020304&message=Hello%20from%20Chappe&noStop=1'`,
    '',
  ];
}

function demoCommands(url: string, demo: Demo, options: string, others: readonly string[]): string[] {
  const { login, apiKey } = demo;
  return [
    `  demo login ${login}, API key ${apiKey}`,
    '',
    '  Octopush legacy:',
    ...legacyCommand(url, demo),
    '',
    '  Octopush REST:',
    `  curl '${url}/v1/public/sms-campaign/send' -H 'api-login: ${login}' -H 'api-key: ${apiKey}' \\`,
    `    -H 'Content-Type: application/json' \\`,
    `    -d '{"recipients":[{"phone_number":"+33601020304"}],"text":"Hello from Chappe","type":"sms_premium","purpose":"alert","sender":"Chappe"}'`,
    '',
    ...ovhCommand(url, demo),
    ...http2smsCommand(url, demo),
    ...others,
    '  the command line, beside this one:',
    `  npx chappe send --to +33601020304 --text 'Hello from Chappe' --sender Chappe --wait${options}`,
    '',
    '  what became of them, and of one of them step by step (by its number, or by the ticket of an answer above):',
    `  npx chappe message list${options}`,
    `  npx chappe message show 1${options}`,
  ];
}
