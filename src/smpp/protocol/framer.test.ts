import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maxPduLength, PduWriter } from './codec.ts';
import { specs } from './commands.ts';
import { Framer } from './framer.ts';
import { intOctets } from './tlvs.ts';

function framesOf(framer: Framer, chunk: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  framer.push(chunk);
  while (framer.next() === 'frame') frames.push(framer.bytes.slice(framer.start, framer.end));
  return frames;
}

test('the same frames come out however the octets were chopped', () => {
  const writer = new PduWriter();
  const lengths = [0, 1, 100, 254, 7];
  for (const [i, length] of lengths.entries()) {
    writer.write(specs.submit_sm, 0, i, { short_message: new Uint8Array(length).fill(i) });
  }
  const stream = writer.take()!;
  const whole = framesOf(new Framer(), stream);
  assert.equal(whole.length, lengths.length);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 40 }), (cuts) => {
      const framer = new Framer();
      const frames: Uint8Array[] = [];
      let from = 0;
      for (const to of [...cuts.sort((a, b) => a - b), stream.length]) {
        frames.push(...framesOf(framer, stream.slice(from, to)));
        from = to;
      }
      assert.deepEqual(frames, whole);
    }),
  );
});

test('octet by octet works too', () => {
  const writer = new PduWriter();
  writer.write(specs.enquire_link, 0, 5);
  const framer = new Framer();
  const frames = [...writer.take()!].flatMap((octet) => framesOf(framer, Uint8Array.of(octet)));
  assert.equal(frames.length, 1);
});

for (const length of [0, 8, 15, maxPduLength + 1, 0x80000000, 0xffffffff]) {
  test(`a command_length of ${length} breaks the stream for good`, () => {
    const framer = new Framer();
    framer.push(intOctets(length, 4));
    assert.equal(framer.next(), 'broken');
    framer.push(intOctets(16, 4));
    assert.equal(framer.next(), 'broken');
  });
}

test('random octets never hang the framer', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), (chunks) => {
      const framer = new Framer();
      for (const chunk of chunks) {
        framer.push(chunk);
        for (let i = 0; framer.next() === 'frame'; i++) assert.ok(i < 100);
      }
    }),
  );
});
