import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smppKind } from '#connectors/smpp/kind.ts';
import { isOwnAddress } from './own-address.ts';

const config = {
  ...{ publicUrl: 'https://sms.example', host: '127.0.0.1', httpPort: 8180, httpsPort: 8143 },
  ...{ smppPort: 2775, smppsPort: 0 },
};

const addresses: readonly [string, boolean][] = [
  ['https://sms.example/v1/public', true],
  ['http://127.0.0.1:8180/1.0', true],
  ['http://[::1]:8180/', true],
  ['http://127.0.0.1:8181/', false],
  ['http://127.0.0.1:2775/', false],
  ['smpp://127.0.0.1:2775', true],
  ['smpp://[::1]:2775', true],
  ['smpp://127.0.0.1:8180', false],
  ['smpp://127.0.0.1:2776', false],
  ['smpp://192.0.2.1:2775', false],
];

for (const [address, isOwn] of addresses)
  test(`${address} is ${isOwn ? '' : 'not '}this installation`, async () => {
    assert.equal(await isOwnAddress(address, config), isOwn);
  });

test('the address of an SMPP link has its host and its port', () => {
  const target = (values: object) => smppKind.targetOf!({ ...values });
  assert.equal(target({ host: '127.0.0.1' }), 'smpp://127.0.0.1:2775');
  assert.equal(target({ host: '::1', port: 3600 }), 'smpp://[::1]:3600');
  assert.equal(target({ host: 'not a host' }), null);
});
