// Snippets that send one message through each dialect, filled with an address, a key and a number of the simulated phone. Used
// by Keys. A value that is not known is its name in capitals. Each snippet runs as it stands in a shell, or as a file.

export type KeyDialect = 'octopush' | 'ovh' | 'http2sms' | 'smpp';

export interface SnippetFacts {
  /** Without a final slash. */
  readonly baseUrl: string;
  /** The service name. */
  readonly account: string;
  /** Name in the dialect to value, of the key that was just made; empty: no key is known. */
  readonly values: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Snippet {
  readonly title: string;
  readonly code: string;
}

/** Its ending is the fate "delivered" of the simulated phone. */
const recipient = '+33601020304';

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** The first known value of these names, else the first name in capitals. */
function keyValue(values: SnippetFacts['values'], ...names: readonly string[]): string {
  for (const name of names) if (values[name] !== undefined) return values[name];
  return names[0]!
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();
}

export function snippetsFor(dialect: KeyDialect, facts: SnippetFacts): readonly Snippet[] {
  switch (dialect) {
    case 'octopush':
      return octopush(facts);
    case 'ovh':
      return ovh(facts);
    case 'http2sms':
      return http2sms(facts);
    case 'smpp':
      return smpp(facts);
  }
}

function octopush({ baseUrl, values, text }: SnippetFacts): Snippet[] {
  const login = keyValue(values, 'api-login', 'user_login', 'login');
  const key = keyValue(values, 'api-key', 'api_key', 'key');
  const body = JSON.stringify({
    recipients: [{ phone_number: recipient }],
    text,
    type: 'sms_premium',
    purpose: 'alert',
    sender: 'Chappe',
  });
  const url = `${baseUrl}/v1/public/sms-campaign/send`;
  return [
    {
      title: 'curl · REST',
      code: `curl ${quoted(url)} \\\n  -H ${quoted(`api-login: ${login}`)} -H ${quoted(`api-key: ${key}`)} \\\n  -H 'Content-Type: application/json' \\\n  -d ${quoted(body)}`,
    },
    {
      title: 'curl · legacy',
      code: `curl ${quoted(`${baseUrl}/api/sms`)} \\\n  -d ${quoted(`user_login=${login}`)} -d ${quoted(`api_key=${key}`)} \\\n  -d 'sms_recipients=${recipient}' --data-urlencode ${quoted(`sms_text=${text}`)} \\\n  -d 'sms_type=FR' -d 'sms_sender=Chappe' -d 'transactional=1'`,
    },
    {
      title: 'PHP',
      code: `<?php
$request = curl_init('${url}');
curl_setopt_array($request, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPHEADER => ['api-login: ${login}', 'api-key: ${key}', 'Content-Type: application/json'],
    CURLOPT_POSTFIELDS => '${body.replaceAll("'", "\\'")}',
]);
echo curl_exec($request), "\\n";`,
    },
    {
      title: 'Python',
      code: `import json, urllib.request

request = urllib.request.Request(
    "${url}",
    data=json.dumps(${body}).encode(),
    headers={"api-login": "${login}", "api-key": "${key}", "Content-Type": "application/json"},
)
print(urllib.request.urlopen(request).read().decode())`,
    },
    {
      title: 'Node',
      code: `const answer = await fetch('${url}', {
  method: 'POST',
  headers: { 'api-login': '${login}', 'api-key': '${key}', 'content-type': 'application/json' },
  body: JSON.stringify(${body}),
});
console.log(await answer.json());`,
    },
  ];
}

function ovh({ baseUrl, account, values, text }: SnippetFacts): Snippet[] {
  const key = keyValue(values, 'applicationKey');
  const secret = keyValue(values, 'applicationSecret');
  const consumer = keyValue(values, 'consumerKey');
  const url = `${baseUrl}/1.0/sms/${account}/jobs`;
  const body = JSON.stringify({
    message: text,
    sender: 'Chappe',
    receivers: [recipient],
    noStopClause: true,
  });
  return [
    {
      title: 'curl',
      code: `T=$(date +%s) U=${quoted(url)} B=${quoted(body)}
S="${secret}+${consumer}+POST+$U+$B+$T"
curl "$U" -d "$B" -H 'Content-Type: application/json' \\
  -H 'X-Ovh-Application: ${key}' -H 'X-Ovh-Consumer: ${consumer}' \\
  -H "X-Ovh-Timestamp: $T" -H "X-Ovh-Signature: \\$1\\$$(printf %s "$S" | openssl sha1 | sed 's/.* //')"`,
    },
    {
      title: 'Node · npm ovh',
      code: `import ovh from 'ovh';

const client = ovh({
  host: '${new URL(baseUrl).hostname}',
  port: ${new URL(baseUrl).port || (baseUrl.startsWith('https') ? 443 : 80)},
  appKey: '${key}',
  appSecret: '${secret}',
  consumerKey: '${consumer}',
});
console.log(await client.requestPromised('POST', '/sms/${account}/jobs', ${body}));`,
    },
    {
      title: 'PHP · ovh/ovh',
      code: `<?php
require 'vendor/autoload.php';

$client = new \\Ovh\\Api('${key}', '${secret}', '${baseUrl}/1.0', '${consumer}');
print_r($client->post('/sms/${account}/jobs', [
    'message' => '${text.replaceAll("'", "\\'")}',
    'sender' => 'Chappe',
    'receivers' => ['${recipient}'],
    'noStopClause' => true,
]));`,
    },
  ];
}

function http2sms({ baseUrl, account, values, text }: SnippetFacts): Snippet[] {
  const query = new URLSearchParams({
    account: values['account'] ?? account,
    login: keyValue(values, 'login', 'user'),
    password: keyValue(values, 'password'),
    from: 'Chappe',
    to: recipient.replace('+', '00'),
    message: text,
    noStop: '1',
  });
  const url = `${baseUrl}/cgi-bin/sms/http2sms.cgi?${query}`;
  return [
    { title: 'curl', code: `curl ${quoted(url)}` },
    { title: 'wget', code: `wget -qO- ${quoted(url)}` },
  ];
}

function smpp({ baseUrl, values }: SnippetFacts): Snippet[] {
  const systemId = keyValue(values, 'system_id');
  const password = keyValue(values, 'password');
  const host = values['host'] ?? new URL(baseUrl).hostname;
  const port = values['port'] ?? '2775';
  return [
    {
      title: 'Kannel',
      code: `group = smsc
smsc = smpp
smsc-id = chappe
host = ${host}
port = ${port}
transceiver-mode = true
smsc-username = ${systemId}
smsc-password = ${password}
system-type = ""`,
    },
    {
      title: 'Jasmin',
      code: `smppccm -a
cid chappe
host ${host}
port ${port}
username ${systemId}
password ${password}
ok`,
    },
  ];
}
