import assert from 'node:assert/strict';
import test from 'node:test';
import { rewriteUrl } from './absolute-url.ts';

const targets: readonly (readonly [string, string])[] = [
  ['/api/sms', '/api/sms'],
  ['/api/sms?a=http://b/c', '/api/sms?a=http://b/c'],
  ['http://www.octopush-dm.com/api/sms', '/api/sms'],
  ['HTTPS://www.octopush-dm.com:443/api/sms/?a=b', '/api/sms/?a=b'],
  ['http://www.octopush-dm.com', '/'],
  ['http://www.octopush-dm.com?a=b', '/?a=b'],
  ['http://user@[::1]:8080/x?y=http://z/', '/x?y=http://z/'],
  ['*', '*'],
  ['', ''],
];

for (const [target, path] of targets) {
  test(`a request for ${target || 'nothing'} is a request for ${path || 'nothing'}`, () => {
    assert.equal(rewriteUrl({ url: target }), path);
  });
}
