// The approval of a composition by a second member: asked for, given, refused, taken back. Used by the service of compositions.
// Promises: nobody decides about their own question, of two decisions the first holds, and a decision is about the estimate that
// the person saw. Who can decide, and later who asked, gets a mail if the platform sends mails.

import type { Account } from '#domain/account/account.ts';
import { type Approval, type Identity, isSamePerson } from '#domain/campaign/approval.ts';
import type { EstimateSums } from '#domain/campaign/estimate.ts';
import { formatEuro } from '#domain/money/micros.ts';
import type { AccountAccess } from '#operations/access/access.ts';
import { auditChange } from '#operations/access/audit-change.ts';
import type { Context } from '#pipeline/context.ts';
import { type AccountMember, listMembersOfAccount } from '#store/accounts/members.ts';
import {
  askApproval,
  decideApproval,
  endApproval,
  type ListedApproval,
  leaveEstimatedContents,
  listApprovals,
} from '#store/campaigns/composition-approvals.ts';
import { readComposition, readEstimate } from '#store/campaigns/compositions.ts';
import type { Query } from '#store/database/database.ts';
import { readBalance } from '#store/money/ledger.ts';
import { insertNotifications } from '#store/platform/notifications.ts';

/** The estimate that a member is asked about. */
export interface ApprovalPage {
  readonly approval: Approval;
  readonly isOwn: boolean;
  readonly version: number;
  readonly sums: EstimateSums;
  /** Of the account at present. */
  readonly availableMicros: bigint;
}

export interface OpenApproval extends ListedApproval {
  readonly isOwn: boolean;
}

export type Decided = 'decided' | 'own' | 'too-late';

export interface ApprovalNeeds {
  readonly hasMailRelay: boolean;
  /** The public address of a page of the console. */
  readonly consoleUrl: (path: string) => string;
}

export interface ApprovalOrder {
  readonly id: string;
  readonly estimateId: string;
  /** In words; empty: none. */
  readonly note: string;
}

const maxListed = 50;

export class Approvals {
  readonly #context: Pick<Context, 'database' | 'clock'>;
  readonly #needs: ApprovalNeeds;

  constructor(context: Pick<Context, 'database' | 'clock'>, needs: ApprovalNeeds) {
    this.#context = context;
    this.#needs = needs;
  }

  /** Null: unknown, or nobody asked. */
  async read(access: AccountAccess, id: string): Promise<ApprovalPage | null> {
    const { query } = this.#context.database;
    const { account } = access;
    const composition = await readComposition(query, account, id);
    if (composition?.approval == null) return null;
    const { approval, version } = composition;
    const estimate = await readEstimate(query, account, id, approval.estimateId);
    if (estimate === null) return null;
    const { availableMicros } = await readBalance(query, account);
    const isOwn = isSamePerson(personOf(access), approval.askedBy);
    return { approval, isOwn, version, sums: estimate.sums, availableMicros };
  }

  async list(access: AccountAccess): Promise<OpenApproval[]> {
    const { query } = this.#context.database;
    const states = ['waiting', 'approved', 'refused'] as const;
    const rows = await listApprovals(query, access.account, states, maxListed);
    return rows.map((row) => ({ ...row, isOwn: isSamePerson(personOf(access), row.approval.askedBy) }));
  }

  /** How many other members could decide. */
  async countDeciders(access: AccountAccess): Promise<number> {
    const members = await listMembersOfAccount(this.#context.database.query, access.account.id);
    return members.filter((member) => canDecide(member, personOf(access))).length;
  }

  /** Null: unknown. `changed`: the estimate is not of the present content, the composition was sent, or a question waits. */
  async ask(
    access: AccountAccess,
    { id, estimateId, note }: ApprovalOrder,
  ): Promise<'asked' | 'changed' | null> {
    const { database, clock } = this.#context;
    const { account } = access;
    const nowMs = clock.now();
    return database.transaction(async (query) => {
      const composition = await readComposition(query, account, id);
      if (composition === null) return null;
      const estimate = await readEstimate(query, account, id, estimateId);
      if (estimate === null || composition.isSent) return 'changed';
      const approval: Approval = {
        state: 'waiting',
        estimateId,
        askedBy: personOf(access),
        askedAtMs: nowMs,
        question: note,
        decidedBy: null,
        decidedAtMs: null,
        note: '',
      };
      const { version } = composition;
      if ((await askApproval(query, account, { id, version, approval }, nowMs)) === null) return 'changed';
      const { messages, costMicros } = estimate.sums;
      const after = { messages, costMicros };
      await auditChange(query, access, { action: 'approval.asked', target: targetOf(id), after }, nowMs);
      await this.#mailDeciders(query, access, id, estimate.sums);
      return 'asked';
    });
  }

  /** Null: unknown, or nobody asked. */
  async decide(
    access: AccountAccess,
    order: ApprovalOrder & { readonly approves: boolean },
  ): Promise<Decided | null> {
    const { database, clock } = this.#context;
    const { account } = access;
    const { id, estimateId, approves, note } = order;
    const nowMs = clock.now();
    return database.transaction(async (query) => {
      const composition = await readComposition(query, account, id);
      if (composition?.approval == null) return null;
      const { approval: before, version, isSent } = composition;
      const decidedBy = personOf(access);
      if (isSamePerson(decidedBy, before.askedBy)) return 'own';
      const estimate = await readEstimate(query, account, id, estimateId);
      if (isSent || estimate?.version !== version) return 'too-late';
      const state = approves ? 'approved' : 'refused';
      const approval: Approval = { ...before, state, estimateId, decidedBy, decidedAtMs: nowMs, note };
      if (!(await decideApproval(query, account, id, approval, nowMs))) return 'too-late';
      if (!approves) await leaveEstimatedContents(query, account, id, nowMs);
      const { messages, costMicros } = estimate.sums;
      const change = {
        action: approves ? 'approval.given' : 'approval.refused',
        target: targetOf(id),
        after: { messages, costMicros, askedBy: before.askedBy.actor },
      };
      await auditChange(query, access, change, nowMs);
      await this.#mailAsker(query, account, id, approval);
      return 'decided';
    });
  }

  /** False: there is nothing to take back. */
  async withdraw(access: AccountAccess, id: string): Promise<boolean> {
    const { database, clock } = this.#context;
    const { account } = access;
    const nowMs = clock.now();
    return database.transaction(async (query) => {
      if (!(await endApproval(query, account, id, nowMs))) return false;
      await leaveEstimatedContents(query, account, id, nowMs);
      await auditChange(query, access, { action: 'approval.withdrawn', target: targetOf(id) }, nowMs);
      return true;
    });
  }

  async #mailDeciders(query: Query, access: AccountAccess, id: string, sums: EstimateSums): Promise<void> {
    if (!this.#needs.hasMailRelay) return;
    const { account } = access;
    const asker = personOf(access);
    const members = (await listMembersOfAccount(query, account.id)).filter(
      (member) => member.email !== null && canDecide(member, asker),
    );
    const words = {
      link: this.#linkOf(account, id),
      name: account.name || account.serviceName,
      asker: nameOf(asker),
      messages: sums.messages,
      cost: formatEuro(BigInt(sums.costMicros), 2),
    };
    const mails = members.map((member) => mailTo(member, mailsOf(member).asked(words)));
    await insertNotifications(query, account, mails, this.#context.clock.now());
  }

  /** Only while they are a member: a person who was removed has nothing to do with the account. */
  async #mailAsker(query: Query, account: Account, id: string, approval: Approval): Promise<void> {
    if (!this.#needs.hasMailRelay) return;
    const members = await listMembersOfAccount(query, account.id);
    const asker = members.find((member) => isSamePerson(personOfMember(member), approval.askedBy));
    if (asker?.email == null) return;
    const words = {
      link: this.#linkOf(account, id),
      name: account.name || account.serviceName,
      decider: nameOf(approval.decidedBy!),
      isApproved: approval.state === 'approved',
      note: approval.note,
    };
    const mail = mailTo(asker, mailsOf(asker).decided(words));
    await insertNotifications(query, account, [mail], this.#context.clock.now());
  }

  #linkOf({ serviceName }: Account, id: string): string {
    return this.#needs.consoleUrl(`/a/${serviceName}/compose/${id}`);
  }
}

const personOf = ({ actor, memberId }: AccountAccess): Identity => ({ actor: actor.actor, memberId });

const personOfMember = ({ id, email }: AccountMember): Identity => ({
  actor: `member:${email ?? `#${id}`}`,
  memberId: id,
});

const canDecide = (member: AccountMember, asker: Identity) =>
  member.role !== 'viewer' && !isSamePerson(personOfMember(member), asker);

/** Without the kind, such as `anna@example.com`. */
const nameOf = ({ actor }: Identity) => actor.slice(actor.indexOf(':') + 1);

const targetOf = (id: string) => `draft ${id}`;

interface Mail {
  readonly subject: string;
  readonly text: string;
}

const mailTo = ({ email }: AccountMember, mail: Mail) => ({
  media: 'mail' as const,
  recipient: email!,
  ...mail,
});

interface AskedWords {
  readonly link: string;
  readonly name: string;
  readonly asker: string;
  readonly messages: number;
  readonly cost: string;
}

interface DecidedWords extends Omit<AskedWords, 'asker' | 'messages' | 'cost'> {
  readonly decider: string;
  readonly isApproved: boolean;
  readonly note: string;
}

const english = {
  asked: ({ link, name, asker, messages, cost }: AskedWords): Mail => ({
    subject: `${name}: a campaign waits for your approval`,
    text: `${asker} asks for the approval of a campaign of ${messages} messages for ${cost} EUR.\n\nLook at it, and approve or refuse it:\n${link}\n`,
  }),
  decided: ({ link, name, decider, isApproved, note }: DecidedWords): Mail => ({
    subject: `${name}: your campaign was ${isApproved ? 'approved' : 'refused'}`,
    text: `${decider} ${isApproved ? 'approved your campaign. Send it here:' : 'refused your campaign. Change it here:'}\n${link}\n${note === '' ? '' : `\n${note}\n`}`,
  }),
};

const french: typeof english = {
  asked: ({ link, name, asker, messages, cost }) => ({
    subject: `${name} : une campagne attend votre approbation`,
    text: `${asker} demande l’approbation d’une campagne de ${messages} messages pour ${cost.replace('.', ',')} EUR.\n\nConsultez-la, puis approuvez-la ou refusez-la :\n${link}\n`,
  }),
  decided: ({ link, name, decider, isApproved, note }) => ({
    subject: `${name} : votre campagne a été ${isApproved ? 'approuvée' : 'refusée'}`,
    text: `${decider} a ${isApproved ? 'approuvé votre campagne. Envoyez-la ici :' : 'refusé votre campagne. Modifiez-la ici :'}\n${link}\n${note === '' ? '' : `\n${note}\n`}`,
  }),
};

const mailsOf = ({ language }: AccountMember) => (language === 'fr' ? french : english);
