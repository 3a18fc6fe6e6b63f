import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { Ticker } from './ticker.ts';

let ticks = 0;
let isBusy = false;

/** With timers moved by hand. */
function started(t: { after(clean: () => void): void }): Ticker {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const ticker = new Ticker({
    busyMs: 50,
    idleMs: 1_000,
    tick() {
      ticks++;
      return isBusy;
    },
  });
  t.after(() => {
    ticker.stop();
    mock.timers.reset();
  });
  ticker.start();
  return ticker;
}

/** The timers that a tick sets count from the end of the step in which it ran. */
function passMs(ms: number): void {
  for (let i = 0; i < ms; i += 10) mock.timers.tick(10);
}

beforeEach(() => {
  ticks = 0;
  isBusy = false;
});

test('a busy ticker ticks twenty times a second', (t) => {
  isBusy = true;
  started(t);
  passMs(1_000);
  assert.equal(ticks, 20);
});

test('an idle ticker ticks once at the start and then at every whole second', (t) => {
  started(t);
  passMs(50);
  assert.equal(ticks, 1);
  passMs(940);
  assert.equal(ticks, 1);
  passMs(10);
  assert.equal(ticks, 2);
});

test('an idle ticker that is woken ticks within its busy period, and continues while it is busy', (t) => {
  const ticker = started(t);
  passMs(500);
  isBusy = true;
  ticker.hurry();
  passMs(50);
  assert.equal(ticks, 2);
  passMs(100);
  assert.equal(ticks, 4);
});

test('repeated hurrying does not postpone the next tick', (t) => {
  const ticker = started(t);
  passMs(500);
  ticker.hurry();
  passMs(40);
  ticker.hurry();
  passMs(10);
  assert.equal(ticks, 2);
});

test('a stopped ticker does not tick, even if it is hurried', (t) => {
  const ticker = started(t);
  ticker.stop();
  ticker.hurry();
  passMs(3_000);
  assert.equal(ticks, 0);
});

test('a ticker that is stopped by its own tick stays stopped', (t) => {
  const ticker = started(t);
  isBusy = true;
  const stopping = new Ticker({
    busyMs: 50,
    idleMs: 50,
    tick() {
      stopping.stop();
      return ++ticks > 0;
    },
  });
  ticker.stop();
  stopping.start();
  passMs(1_000);
  assert.equal(ticks, 1);
});
