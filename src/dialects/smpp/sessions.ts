// Sessions of customers' software: binds, submissions and deliveries (docs/dialects/smpp.md). Used by main/smpp-server.ts, with
// the sockets of listeners/smpp.ts. A response leaves after the commit of its submission. A bind is checked again every ten
// seconds: it ends when its password is revoked or its account is blocked.

import type { SmppSettings } from '#domain/account/account.ts';
import type { Log } from '#domain/base/log-events.ts';
import type { AttemptResult, BindCallback } from '#domain/delivery/callback.ts';
import { isInBlocks } from '#lib/net/address-guard.ts';
import type { Clock } from '#lib/time/clock.ts';
import type { AuthenticatedBind } from '#operations/account/credentials/service.ts';
import type { Services } from '#operations/services.ts';
import type { MalformedPdu } from '#smpp/protocol/codec.ts';
import type { BindName, Pdu, PduOf } from '#smpp/protocol/commands.ts';
import type { RequestPdu, SessionLimits } from '#smpp/protocol/session.ts';
import { commandStatus, type StatusName, statusName } from '#smpp/protocol/status.ts';
import { BoundSessions } from '#smpp/server/bound-sessions.ts';
import { defaultServerLimits, type ServerHandler, ServerSession } from '#smpp/server/server-session.ts';
import { deliverOver, type SmppDelivery } from './deliveries.ts';
import { refusedRequestOf } from './errors.ts';
import { type AnswerRequest, createAnswerRequest } from './requests.ts';

export interface SmppOptions {
  readonly services: Pick<Services, 'credentials' | 'submissions' | 'submittedMessages'>;
  readonly clock: Clock;
  /** Monotonic, for the timers of sessions. */
  readonly steadyClock: Clock;
  readonly log: Log;
  readonly isStopping: () => boolean;
  /** A bind that receives has opened: its callbacks can leave. */
  readonly onReceiver: () => void;
}

export interface Peer {
  readonly address: string;
  readonly isTls: boolean;
}

export type CustomerSession = ServerSession<SmppDelivery>;

/** A connection, and its bind once it has one. */
interface Connection {
  readonly peer: Peer;
  bind: AuthenticatedBind | null;
}

/** system_id of the platform, in responses to binds. */
const serverId = 'chappe';
const limits: SessionLimits = { ...defaultServerLimits, frameMs: 30_000 };
const renewEveryMs = 10_000;
/** With all binds in use, the old ones are asked; one that is silent for this time makes room. */
const probeMs = 5_000;

export class SmppSessions implements ServerHandler<SmppDelivery> {
  readonly #options: SmppOptions;
  readonly #bound = new BoundSessions<number, SmppDelivery>();
  readonly #connections = new WeakMap<CustomerSession, Connection>();
  readonly #answerRequest: AnswerRequest;
  #renewAtMs = 0;

  constructor(options: SmppOptions) {
    this.#options = options;
    this.#answerRequest = createAnswerRequest(options);
  }

  accept(peer: Peer): CustomerSession {
    const { steadyClock } = this.#options;
    const session: CustomerSession = new ServerSession({
      serverId,
      limits,
      clock: steadyClock,
      handler: this,
    });
    this.#connections.set(session, { peer, bind: null });
    this.#bound.add(session);
    return session;
  }

  /** Called at least once a second while there are sessions. False: there are none. */
  tick(): boolean {
    const nowMs = this.#options.steadyClock.now();
    this.#bound.tick(nowMs);
    if (nowMs >= this.#renewAtMs) {
      this.#renewAtMs = nowMs + renewEveryMs;
      for (const session of this.#bound.sessions) if (session.isBound) void this.#renew(session);
    }
    return this.#bound.sessions.size > 0 || this.#bound.waiting > 0;
  }

  /** Accounts with a bind that receives. */
  boundAccounts(): { readonly bucket: number; readonly id: number }[] {
    const accounts = new Map<number, { readonly bucket: number; readonly id: number }>();
    for (const session of this.#bound.sessions) {
      const account = session.isBound && session.canReceive ? this.#accountOf(session) : undefined;
      if (account !== undefined) accounts.set(account.id, account);
    }
    return [...accounts.values()];
  }

  deliver(prepared: BindCallback): Promise<AttemptResult> {
    return deliverOver(this.#bound, prepared, this.#options.steadyClock.now());
  }

  /** Unbinds every session after the responses that it waits for. Resolves when all have closed, or after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#bound.unbindAll(this.#options.steadyClock.now());
    await this.#bound.whenEmpty(graceMs);
  }

  onBindRequest(session: CustomerSession, pdu: PduOf<BindName>): void {
    void this.#decideBind(session, pdu);
  }

  onBound(session: CustomerSession): void {
    const { peer, bind } = this.#connections.get(session)!;
    const { account } = bind!.access;
    const { address, isTls } = peer;
    this.#bound.bind(account.id, session, this.#options.steadyClock.now());
    this.#options.log.info('smpp_customer.bound', {
      account: account.id,
      bind: session.bindName,
      address,
      isTls,
      version: session.version,
    });
    if (session.canReceive) this.#options.onReceiver();
  }

  onRequest(session: CustomerSession, pdu: RequestPdu): void {
    void this.#answerRequest(session, pdu, this.#connections.get(session)!.bind!.access);
  }

  onDelivered(_session: CustomerSession, delivery: SmppDelivery, status: number, nowMs: number): void {
    delivery.answered(status);
    this.#pump(delivery.accountId, nowMs);
  }

  onUndelivered(session: CustomerSession, delivery: SmppDelivery): void {
    // A session that has ended was not silent: the delivery leaves over another one, or at the next bind.
    if (session.isClosed || delivery.wasSilent()) this.#bound.queueOf(delivery.accountId).repeat(delivery);
  }

  onMalformed(session: CustomerSession, { reason, command_id: command }: MalformedPdu): void {
    this.#options.log.info('smpp_customer.pdu_malformed', {
      account: this.#accountOf(session)?.id ?? null,
      command,
      reason,
    });
  }

  onUnexpected(session: CustomerSession, { command }: Pdu): void {
    this.#options.log.debug('smpp_customer.pdu_unexpected', {
      account: this.#accountOf(session)?.id ?? null,
      command,
    });
  }

  onClosed(session: CustomerSession, reason: string): void {
    const accountId = this.#accountOf(session)?.id;
    this.#bound.remove(session, this.#options.steadyClock.now());
    if (accountId === undefined) return;
    this.#options.log.info('smpp_customer.unbound', { account: accountId, bind: session.bindName, reason });
    const queue = this.#bound.queueOf(accountId);
    if (!queue.hasReceivers) for (const delivery of queue.takeAll()) delivery.unbound();
  }

  #accountOf(session: CustomerSession) {
    return this.#connections.get(session)?.bind?.access.account;
  }

  #pump(accountId: number, nowMs: number): void {
    const queue = this.#bound.queueOf(accountId);
    if (queue.waiting > 0) queue.pump(nowMs);
  }

  async #decideBind(session: CustomerSession, pdu: PduOf<BindName>): Promise<void> {
    const connection = this.#connections.get(session)!;
    const { log } = this.#options;
    const { address } = connection.peer;
    try {
      const bind = await this.#authenticate(pdu, connection.peer);
      if ('refused' in bind) return this.#refuseBind(session, bind.refused, bind.reason);
      const { account } = bind.access;
      const { maxBinds, window, deliveryWindow } = account.settings.smpp!;
      if (!(await this.#hasRoom(account.id, maxBinds))) {
        this.#refuseBind(session, 'ESME_RALYBND', `all ${maxBinds} binds are in use`);
        // Quirk: Kannel takes this status for a bind and would submit over it.
        return session.close('too many binds');
      }
      connection.bind = bind;
      session.setWindows(deliveryWindow, window);
      session.answerBind(commandStatus.ESME_ROK);
    } catch (error) {
      log.error('smpp_customer.bind_failed', { address, err: (error as Error).message });
      session.answerBind(commandStatus.ESME_RSYSERR);
    }
  }

  #refuseBind(session: CustomerSession, status: StatusName, reason: string): void {
    const { address } = this.#connections.get(session)!.peer;
    this.#options.log.warn('smpp_customer.bind_refused', {
      systemId: session.systemId.slice(0, 16),
      address,
      status,
      reason,
    });
    session.answerBind(commandStatus[status]);
  }

  async #authenticate(
    { system_id, password }: PduOf<BindName>,
    peer: Peer,
  ): Promise<AuthenticatedBind | { readonly refused: StatusName; readonly reason: string }> {
    const { services, isStopping } = this.#options;
    if (isStopping()) return { refused: 'ESME_RSYSERR', reason: 'this process stops' };
    try {
      const found = await services.credentials.authenticateBind(system_id, password, peer.address);
      if (found === 'too-many') return { refused: 'ESME_RBINDFAIL', reason: 'too many wrong passwords' };
      const reason = refusalOfPeer(found.access.account.settings.smpp, peer);
      return reason === null ? found : { refused: 'ESME_RBINDFAIL', reason };
    } catch (error) {
      const refused = refusedRequestOf(error);
      if (refused === null) throw error;
      return { refused: statusName(refused.status) as StatusName, reason: refused.reason };
    }
  }

  /** If all binds are in use, the old ones are asked whether they are there: one may be of a client that has crashed. */
  async #hasRoom(accountId: number, maxBinds: number): Promise<boolean> {
    const isFull = () => this.#bound.sessionsOf(accountId).size >= maxBinds;
    if (!isFull()) return true;
    const nowMs = this.#options.steadyClock.now();
    const asked = [...this.#bound.sessionsOf(accountId)];
    for (const session of asked) session.enquire(nowMs);
    await new Promise((resolve) => setTimeout(resolve, probeMs));
    for (const session of asked)
      if (session.isBound && session.isSilentSince(nowMs)) session.close('it did not answer enquire_link');
    return !isFull();
  }

  async #renew(session: CustomerSession): Promise<void> {
    const connection = this.#connections.get(session)!;
    const { bind } = connection;
    if (bind === null) return;
    try {
      const renewed = await this.#options.services.credentials.renewBind(bind);
      if (renewed === null || renewed.access.account.settings.smpp === null)
        session.unbind(this.#options.steadyClock.now(), 'its password or account is not valid any more');
      else connection.bind = renewed;
    } catch {
      // The database is away: the bind keeps the account that it has.
    }
  }
}

/** The reason why a peer cannot bind to this account, or null. */
function refusalOfPeer(settings: SmppSettings | null, { address, isTls }: Peer): string | null {
  if (settings === null) return 'the account does not use SMPP';
  const { allowedAddresses, demandsTls } = settings;
  if (demandsTls && !isTls) return 'the account demands TLS';
  if (allowedAddresses.length > 0 && !isInBlocks(allowedAddresses, address))
    return 'the address is not allowed';
  return null;
}
