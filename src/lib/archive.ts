// A file of frames, compressed and checksummed: written as a stream, and complete or absent. Used by backups.
//
// Format: gzip of frames. A frame is a type (one ASCII character), the length of its content (32 bits, big endian) and its
// content. The last frame has the type `#` and the SHA-256 of everything before it.
// A file appears under its name when it is complete; a writer never replaces a file.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, link, open, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { constants, createGunzip, createGzip } from 'node:zlib';

export interface Frame {
  readonly type: string;
  readonly content: Buffer;
}

export interface ArchiveWriter {
  /** Resolves when the next frame can be written. At most 16 MiB. */
  write(type: string, content: Buffer): Promise<void>;
  /** Writes the checksum, and gives the file its name when it is on disk. Throws ArchiveError `exists`. */
  finish(): Promise<{ readonly bytes: number }>;
  /** Deletes the unfinished file. */
  abort(): Promise<void>;
}

export class ArchiveError extends Error {
  readonly problem: 'exists' | 'no-archive' | 'cut' | 'damaged';

  constructor(problem: ArchiveError['problem']) {
    super(problem);
    this.problem = problem;
  }
}

const checksumType = '#';
const headBytes = 5;
/** A longer frame is damage: its length is not believed. */
const maxFrameBytes = 16 * 1_048_576;

/** `unique` is part of the name of the unfinished file. Throws ArchiveError `exists`, or the error of the file system. */
export async function writeArchive(path: string, unique: string): Promise<ArchiveWriter> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw new ArchiveError('exists');
  const draft = `${path}.${unique}.partial`;
  // Only its owner may read it.
  const file = createWriteStream(draft, { flags: 'wx', mode: 0o600 });
  await once(file, 'open');
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  gzip.pipe(file);
  let failure: Error | undefined;
  for (const stream of [gzip, file])
    stream.on('error', (error: Error) => {
      failure ??= error;
      gzip.destroy();
    });
  const hash = createHash('sha256');

  async function add(bytes: Buffer): Promise<void> {
    if (failure !== undefined) throw failure;
    hash.update(bytes);
    if (!gzip.write(bytes)) await Promise.race([once(gzip, 'drain'), once(gzip, 'close')]);
    if (failure !== undefined) throw failure;
  }

  async function write(type: string, content: Buffer): Promise<void> {
    const head = Buffer.alloc(headBytes);
    head.write(type, 0, 1, 'latin1');
    head.writeUInt32BE(content.length, 1);
    await add(head);
    await add(content);
  }

  return {
    write,
    async finish() {
      // The digest of the bytes before this frame.
      await write(checksumType, hash.copy().digest());
      gzip.end();
      await finished(file).catch((error: Error) => {
        throw failure ?? error;
      });
      const handle = await open(draft, 'r');
      await handle.sync().finally(() => handle.close());
      try {
        await link(draft, path);
      } catch (error) {
        throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? new ArchiveError('exists') : error;
      }
      await rm(draft);
      return { bytes: file.bytesWritten };
    },
    async abort() {
      gzip.destroy();
      file.destroy();
      await rm(draft, { force: true });
    },
  };
}

/**
 * The frames of a file in order, without the checksum, which is compared at the end: use nothing before the end unless it can
 * be undone. Throws ArchiveError, or the error of the file system.
 */
export async function* readArchive(path: string): AsyncGenerator<Frame> {
  const source = createReadStream(path);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  const hash = createHash('sha256');
  let rest: Buffer = Buffer.alloc(0);
  let frames = 0;
  let isComplete = false;
  try {
    for await (const chunk of source.pipe(gunzip)) {
      rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
      for (;;) {
        if (rest.length < headBytes) break;
        const length = rest.readUInt32BE(1);
        if (length > maxFrameBytes) throw new ArchiveError(frames === 0 ? 'no-archive' : 'damaged');
        if (rest.length < headBytes + length) break;
        const frame = rest.subarray(0, headBytes + length);
        rest = rest.subarray(headBytes + length);
        const type = frame.toString('latin1', 0, 1);
        const content = frame.subarray(headBytes);
        if (isComplete) throw new ArchiveError('damaged');
        if (type === checksumType) {
          if (!hash.copy().digest().equals(content)) throw new ArchiveError('damaged');
          isComplete = true;
          continue;
        }
        hash.update(frame);
        frames++;
        yield { type, content };
      }
    }
  } catch (error) {
    throw archiveErrorOf(error as NodeJS.ErrnoException, frames);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
  if (!isComplete) throw new ArchiveError(frames === 0 ? 'no-archive' : 'cut');
}

function archiveErrorOf(error: NodeJS.ErrnoException, frames: number): Error {
  if (error.code === 'Z_BUF_ERROR') return new ArchiveError(frames === 0 ? 'no-archive' : 'cut');
  if (error.code?.startsWith('Z_') === true) return new ArchiveError(frames === 0 ? 'no-archive' : 'damaged');
  return error;
}
