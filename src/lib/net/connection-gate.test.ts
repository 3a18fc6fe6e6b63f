import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { type Connection, ConnectionGate, connectionsWithin, descriptorLimit } from './connection-gate.ts';

class FakeSocket extends EventEmitter {
  readonly remoteAddress: string;
  isCut = false;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    this.isCut = true;
    this.emit('close');
  }
}

function open(most: number, mostPerAddress: number) {
  const refusals: number[] = [];
  const clock = { nowMs: 0 };
  const gate = new ConnectionGate({
    most,
    mostPerAddress,
    isExempt: (address) => address === 'proxy',
    onRefused: (refused) => refusals.push(refused),
    now: () => clock.nowMs,
  });
  const connect = (address: string) => {
    const socket = new FakeSocket(address);
    return { socket, isIn: gate.admit(socket as unknown as Connection) };
  };
  return { gate, refusals, clock, connect };
}

test('beyond the limit of an address its connections are closed, and those of others are not', () => {
  const { gate, connect } = open(10, 2);
  const first = connect('a');
  assert.ok(first.isIn && connect('a').isIn);
  const third = connect('a');
  assert.deepEqual([third.isIn, third.socket.isCut], [false, true]);
  assert.ok(connect('b').isIn);
  first.socket.destroy();
  assert.ok(connect('a').isIn);
  assert.equal(gate.count, 3);
});

test('a proxy of the operator has no separate limit, and counts in the total', () => {
  const { connect } = open(4, 1);
  assert.deepEqual(
    ['proxy', 'proxy', 'proxy', 'proxy', 'proxy'].map((address) => connect(address).isIn),
    [true, true, true, true, false],
  );
});

test('a connection that passes through several listeners is counted once', () => {
  const { gate, connect } = open(1, 1);
  const { socket } = connect('a');
  assert.ok(gate.admit(socket as unknown as Connection));
  assert.equal(gate.count, 1);
  socket.destroy();
  assert.equal(gate.count, 0);
});

test('refusals are reported once a minute with their number', () => {
  const { refusals, clock, connect } = open(0, 1);
  for (let i = 0; i < 5; i++) connect('a');
  assert.deepEqual(refusals, [1]);
  clock.nowMs = 60_000;
  connect('a');
  assert.deepEqual(refusals, [1, 5]);
});

test('descriptors are reserved for the database and the carriers, half of them where there are few', () => {
  for (const [wanted, descriptors, expected] of [
    [4096, 1_048_576, 4096],
    [4096, 4096, 3584],
    [4096, 1024, 512],
    [4096, 256, 128],
    [100, 256, 100],
    [4096, 10, 8],
  ] as const)
    assert.equal(connectionsWithin(wanted, descriptors), expected, `${wanted} of ${descriptors}`);
  assert.ok(descriptorLimit()! > 0);
});
