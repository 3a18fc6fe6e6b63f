import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from './read-config.ts';
import { shownSettings } from './shown-settings.ts';

test('secrets are never shown, defaults are marked, other values are written as the operator wrote them', () => {
  const flags = {
    'http-port': '9123',
    'secret-key': 'a secret of sixteen',
    'mail-relay': 'smtp://a:b@relay:25',
  };
  const shown = new Map(shownSettings(readConfig(flags)).map((one) => [one.name, one]));
  const of = (name: string) => {
    const { value, isDefault } = shown.get(name)!;
    return { value, isDefault };
  };
  assert.deepEqual(of('CHAPPE_HTTP_PORT'), { value: '9123', isDefault: false });
  assert.deepEqual(of('CHAPPE_SECRET_KEY'), { value: null, isDefault: false });
  assert.deepEqual(of('CHAPPE_MAIL_RELAY'), { value: null, isDefault: false });
  assert.equal(of('CHAPPE_DOCUMENT_DAYS').isDefault, true);
  assert.doesNotMatch(JSON.stringify([...shown.values()]), /a secret of sixteen|a:b@relay/);
});
