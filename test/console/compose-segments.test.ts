// Property: the segments that Compose shows for a text are those of the estimate, for generated texts with and without a STOP
// mention, merge values and both lengths of a part.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyContent } from '../../console/src/pages/compose/content.ts';
import { mergedText, stopTail } from '../../console/src/pages/compose/merge.ts';
import { measureText } from '../../console/src/parts/text-measure.ts';
import { seededRandom } from '../../src/simulator/behaviour.ts';
import { signInOperator } from '../support/console.ts';
import { openPlatform } from '../support/platform.ts';

const letters = [
  ...'abcdefghijklmnopqrstuvwxyz    ABC.,!?éèà',
  '€',
  '[',
  '{',
  '}',
  '^',
  'œ',
  '’',
  '😀',
  '\n',
  'ç',
  'ê',
];
const texts = 60;

test('the shown segments are the charged ones for generated texts', async () => {
  await using platform = await openPlatform();
  const random = seededRandom(20261130);
  for (const charsPerSegment of [153, 137] as const) {
    const { serviceName: account } = await platform.anAccount({
      settings: { concatenatedCharsPerPart: charsPerSegment },
    });
    const member = await signInOperator(platform);
    const options = await member.call('compose.options', { account });
    assert.equal(options.charsPerSegment, charsPerSegment);
    for (let at = 0; at < texts; at++) {
      const length = 1 + Math.floor(random() * 420);
      const plainest = random() < 0.5;
      const pick = () => letters[Math.floor(random() * (plainest ? 36 : letters.length))]!;
      const text = `x${Array.from({ length }, pick).join('')}`;
      const purpose = random() < 0.5 ? ('marketing' as const) : ('transactional' as const);
      const content = { ...emptyContent, sender: 'Chappe', text, purpose, typed: '0601010100' };
      const shown = measureText(mergedText(text, {}) + stopTail(content, options, ['FR']), charsPerSegment);
      const { draft } = await member.call('compose.create', { account, body: { content } });
      const { status, body } = await member.try('compose.estimate', { account, draft });
      const words = JSON.stringify(text);
      if (shown.segments > options.maxSegments) assert.equal(body.reason, 'text-too-long', words);
      else if (status === 422) assert.equal(body.fields?.['text'], 'merge-field-unknown', words);
      else assert.equal(body.segments, shown.segments, words);
      await member.call('compose.remove', { account, draft });
    }
  }
});
