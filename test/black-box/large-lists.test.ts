// A large list through a server that may not keep it: uploaded, loaded into a slot, merged, priced and accepted, within a
// heap that the list alone would fill. In the long form it is the largest that OVH's documents speak of, 200,000.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { OvhKeys } from '../../src/operations/operator/accounts/create-account.ts';
import { chappe, chappeJson, serve, temporaryFolder } from '../support/black-box.ts';
import { mobile } from '../support/clients.ts';
import { ovhClient } from '../support/ovh.ts';
import { sized } from '../support/size.ts';

const folder = temporaryFolder();
after(() => folder.remove());

const rows = sized(50_000, 200_000);
const creditEuros = 20_000;

/** What outlives young garbage; the server ends when it needs more: when it keeps the recipients of the parts, it does. */
const heapMegabytes = sized(60, 96);

test(`a list of ${rows} is merged and accepted by a server whose heap is bounded`, async () => {
  const env = { NODE_OPTIONS: `--max-old-space-size=${heapMegabytes}` };
  const here = { dataDir: `${folder.path}/data`, env };
  const serving = await serve(here);
  try {
    const { account, ovh } = await chappeJson<{ account: string; ovh: OvhKeys }>(
      ['account', 'create', '--email', 'large@example.com', '--credit', String(creditEuros)],
      here,
    );
    assert.equal((await chappe(['sender', 'add', account, 'Chappe'], here)).status, 0);
    const client = ovhClient(serving.url, ovh);
    const { id, putUrl } = await client.ok<{ id: string; putUrl: string }>('POST', '/me/document', {
      name: 'list.csv',
    });
    const lines = Array.from(
      { length: rows },
      (_, i) => `+${mobile(i)};Person ${i};12 rue de la Gare, Paris`,
    );
    const put = await fetch(putUrl, { method: 'PUT', body: `number;name;address\n${lines.join('\n')}\n` });
    assert.equal(put.status, 201);
    const path = `/sms/${account}`;
    const slot = await client.ok<{ records: number }>('POST', `${path}/receivers`, {
      slotId: 1,
      description: 'everybody',
      documentId: id,
    });
    assert.equal(slot.records, rows);
    const { creditsLeft } = await client.ok<{ creditsLeft: number }>('GET', path);
    const report = await client.ok<{ ids: number[]; validReceivers: string[]; totalCreditsRemoved: number }>(
      'POST',
      `${path}/jobs`,
      {
        message: 'Hello #name#, #address#',
        receiversSlotId: '1',
        sender: 'Chappe',
        noStopClause: true,
        differedPeriod: 600,
      },
    );
    assert.equal(new Set(report.ids).size, rows);
    assert.equal(report.validReceivers.at(-1), `+${mobile(rows - 1)}`);
    assert.equal(report.totalCreditsRemoved, rows);
    assert.equal((await client.ok<{ creditsLeft: number }>('GET', path)).creditsLeft, creditsLeft - rows);
    const last = await client.ok<{ receiver: string; message: string }>(
      'GET',
      `${path}/jobs/${report.ids.at(-1)}`,
    );
    assert.deepEqual(
      [last.receiver, last.message],
      [`+${mobile(rows - 1)}`, `Hello Person ${rows - 1}, 12 rue de la Gare, Paris`],
    );
    assert.equal(
      (await client.ok<string>('GET', `${path}/receivers/1/csv`)).length,
      await sizeOf(client, id),
    );
  } finally {
    assert.equal(await serving.end('SIGTERM'), 0, serving.stderr());
  }
});

async function sizeOf(client: ReturnType<typeof ovhClient>, id: string): Promise<number> {
  return (await client.ok<{ size: number }>('GET', `/me/document/${id}`)).size;
}
