// `npm run day -- --seed N --minutes M`: one seeded day after the other (test/support/soak.ts), each with more
// incidents and more traffic than the one of the suite, until the time is over. Prints the seed of a failed day.
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/simulator/behaviour.ts';
import { type Incident, liveDay } from '../test/support/soak.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '10' },
    messages: { type: 'string', default: '1000' },
  },
});

const untilMs = performance.now() + Number(values.minutes) * 60_000;
const kinds: readonly Incident[] = ['kill', 'kill', 'kill', 'postgres', 'term'];

for (let seed = Number(values.seed); performance.now() < untilMs; seed++) {
  const random = seededRandom(seed);
  const incidents = Array.from({ length: 8 }, () => kinds[Math.floor(random() * kinds.length)]!);
  console.log(`day ${seed}: ${incidents.join(', ')}`);
  try {
    const report = await liveDay({
      seed,
      incidents,
      messagesBetween: Number(values.messages),
      tell: (line) => console.log(`  ${line}`),
    });
    console.log(`  ${JSON.stringify(report)}`);
  } catch (error) {
    console.error(`day ${seed} failed; again with: npm run day -- --seed ${seed} --minutes 0.01`);
    throw error;
  }
}
