import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Conversation, TcpLink } from './tcp-link.ts';
import { listenTcp } from './tcp-server.ts';

/** A conversation that writes what it is given to say, and keeps what it hears. */
class Talk implements Conversation {
  readonly said: string[] = [];
  readonly heard: string[] = [];
  /** How often it was asked and had something. */
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

test('all that is said in one turn leaves in one write', async (t) => {
  const { talk, peer } = await openPair(t);
  for (let i = 0; i < 100; i++) talk.say('a');
  const [bytes] = (await once(peer, 'data')) as [Buffer];
  assert.equal(bytes.length, 100);
  assert.equal(talk.writes, 1);
});

test('end writes what is left, and the conversation hears of the end once the peer has closed', async (t) => {
  const { talk, peer } = await openPair(t);
  const heard = once(peer, 'data');
  talk.said.push('goodbye');
  talk.link.end();
  assert.equal(String((await heard)[0]), 'goodbye');
  await talk.end.promise;
});

test('a link that is held hears nothing until it is let go', async (t) => {
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

test('a peer that vanishes ends the conversation', async (t) => {
  const { talk, peer } = await openPair(t);
  peer.destroy();
  assert.equal(await talk.end.promise, 'closed by the peer');
});

test('a peer that does not read its answers is not read either', async (t) => {
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

test('a closed server cuts the connections that are left', async () => {
  const talk = new Talk();
  const server = await listenTcp({ host: '127.0.0.1', port: 0 }, () => talk);
  const peer = connect(server.port, '127.0.0.1');
  peer.on('error', () => {});
  await once(peer, 'connect');
  const closed = once(peer, 'close');
  await server.close();
  await closed;
});

test('a port that is taken is refused to the caller', async (t) => {
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
