import assert from 'node:assert/strict';
import test from 'node:test';
import { createSeal } from './sealing.ts';

test('a sealed text is read with the same secret, and each seal is different', () => {
  const seal = createSeal('a long secret of the operator');
  const sealed = seal.close('EZBpx9conmSIbGzH é');
  assert.equal(createSeal('a long secret of the operator').open(sealed), 'EZBpx9conmSIbGzH é');
  assert.notDeepEqual(seal.close('EZBpx9conmSIbGzH é'), sealed);
  assert.equal(sealed.includes('EZBpx9'), false);
});

test('another secret or a changed byte prevents reading', () => {
  const sealed = createSeal('one secret of two').close('secret');
  assert.throws(() => createSeal('the other of two').open(sealed));
  sealed[14]! ^= 1;
  assert.throws(() => createSeal('one secret of two').open(sealed));
});
