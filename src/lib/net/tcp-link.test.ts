import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Conversation, TcpLink } from './tcp-link.ts';
import { listenTcp } from './tcp-server.ts';

/** A conversation that writes the given output and stores its input. */
class Talk implements Conversation {
  readonly said: string[] = [];
  readonly heard: string[] = [];
  /** Number of calls that returned output. */
  writes = 0;
  readonly end = Promise.withResolvers<string>();
  link!: TcpLink;

  open(link: TcpLink): void {
    this.link = link;
  }

  receive(bytes: Uint8Array): void {
    this.heard.push(Buffer.from(bytes).toString());
  }

  takeOutput(): Uint8Array | null {
    if (this.said.length === 0) return null;
    this.writes++;
    return Buffer.from(this.said.splice(0).join(''));
  }

  ended(reason: string): void {
    this.end.resolve(reason);
  }

  say(text: string): void {
    this.said.push(text);
    this.link.wake();
  }
}

async function openPair(t: TestContext): Promise<{ talk: Talk; peer: Socket }> {
  const accepted = Promise.withResolvers<Talk>();
  const server = await listenTcp({ host: '127.0.0.1', port: 0 }, () => {
    const talk = new Talk();
    accepted.resolve(talk);
    return talk;
  });
  const peer = connect(server.port, '127.0.0.1');
  t.after(async () => {
    peer.destroy();
    await server.close();
  });
  await once(peer, 'connect');
  return { talk: await accepted.promise, peer };
}

test('all output of one turn is one write', async (t) => {
  const { talk, peer } = await openPair(t);
  for (let i = 0; i < 100; i++) talk.say('a');
  const [bytes] = (await once(peer, 'data')) as [Buffer];
  assert.equal(bytes.length, 100);
  assert.equal(talk.writes, 1);
});

test('end writes the remaining output, and the conversation ends after the peer has closed', async (t) => {
  const { talk, peer } = await openPair(t);
  const heard = once(peer, 'data');
  talk.said.push('goodbye');
  talk.link.end();
  assert.equal(String((await heard)[0]), 'goodbye');
  await talk.end.promise;
});

test('a held link reads no input until it is resumed', async (t) => {
  const { talk, peer } = await openPair(t);
  talk.link.hold(true);
  const sent = once(peer, 'data');
  peer.write('hello');
  talk.say('unheard');
  await sent;
  assert.deepEqual(talk.heard, []);
  const heard = Promise.withResolvers<void>();
  talk.receive = () => heard.resolve();
  talk.link.hold(false);
  await heard.promise;
});

test('a peer that disappears ends the conversation', async (t) => {
  const { talk, peer } = await openPair(t);
  peer.destroy();
  assert.equal(await talk.end.promise, 'closed by the peer');
});

test('the input of a peer that does not read its answers is not read', async (t) => {
  const { talk, peer } = await openPair(t);
  peer.pause();
  const megabyte = 'x'.repeat(1 << 20);
  while (!talk.link.isCongested) {
    talk.said.push(megabyte);
    talk.link.flush();
  }
  const relieved = Promise.withResolvers<void>();
  talk.receive = () => relieved.resolve();
  peer.write('hello');
  peer.resume();
  await relieved.promise;
  assert.equal(talk.link.isCongested, false);
});

test('a closing server closes its open connections', async () => {
  const talk = new Talk();
  const server = await listenTcp({ host: '127.0.0.1', port: 0 }, () => talk);
  const peer = connect(server.port, '127.0.0.1');
  peer.on('error', () => {});
  await once(peer, 'connect');
  const closed = once(peer, 'close');
  await server.close();
  await closed;
});

test('a port in use is reported to the caller', async (t) => {
  const server = await listenTcp({ host: '127.0.0.1', port: 0 }, () => new Talk());
  t.after(() => server.close());
  await assert.rejects(
    listenTcp({ host: '127.0.0.1', port: server.port }, () => new Talk()),
    /EADDRINUSE/,
  );
});

for (const method of ['receive', 'takeOutput', 'ended'] as const) {
  test(`an error in ${method} ends the connection and not the process`, async (t) => {
    const talk = new Talk();
    talk[method] = () => {
      throw new Error('a fault of the protocol');
    };
    const server = await listenTcp({ host: '127.0.0.1', port: 0 }, () => talk);
    t.after(() => server.close());
    const warned = method === 'ended' ? once(process, 'warning') : null;
    const peer = connect(server.port, '127.0.0.1');
    peer.on('error', () => {});
    const closed = once(peer, 'close');
    await once(peer, 'connect');
    if (method === 'ended') peer.end();
    else peer.write('hello');
    await closed;
    assert.equal(peer.destroyed, true);
    if (warned !== null) assert.match(String((await warned)[0]), /a fault of the protocol/);
  });
}
