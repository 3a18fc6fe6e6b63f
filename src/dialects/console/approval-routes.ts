// Handlers of approvals by a second member. Used by compose-routes.ts.
import type { Approval } from '#domain/campaign/approval.ts';
import { formatEuro } from '#domain/money/micros.ts';
import type { Compositions } from '#operations/sending/compositions/service.ts';
import type { composeCalls } from './contract/compose.ts';
import type { Answer } from './contract.ts';
import { ConsoleRefusal, notFound } from './errors.ts';
import { renderEstimate } from './estimate-response.ts';
import type { HandlersOf } from './registration.ts';
import { iso, isoOrNull } from './response.ts';

type Calls = `approvals.${'list' | 'read' | 'ask' | 'decide' | 'withdraw'}`;

const conflict = (approval: string, detail: string) =>
  new ConsoleRefusal('conflict', { detail, fields: { approval } });

export function approvalHandlers(compositions: Compositions): Pick<HandlersOf<typeof composeCalls>, Calls> {
  return {
    async 'approvals.list'({ access }) {
      const rows = await compositions.listApprovals(access);
      return {
        rows: rows.map(({ id, approval, costMicros, ...row }) => ({
          ...row,
          draft: id,
          cost: formatEuro(BigInt(costMicros), 6),
          approval: renderApproval(approval),
        })),
      };
    },
    async 'approvals.read'({ access, parameters }) {
      const found = await compositions.readApproval(access, parameters.draft);
      if (found === null) throw notFound();
      const { approval, isOwn, version, sums, availableMicros } = found;
      const estimate = {
        id: approval.estimateId,
        version,
        sums,
        duplicates: 0,
        refused: {},
        availableMicros,
      };
      return {
        approval: renderApproval(approval),
        isOwn,
        estimate: renderEstimate({ ...estimate, expiresAtMs: approval.decidedAtMs ?? approval.askedAtMs }),
      };
    },
    async 'approvals.ask'({ access, parameters, body: { estimate, question } }) {
      const order = { id: parameters.draft, estimateId: estimate, note: question.trim() };
      const asked = await compositions.askApproval(access, order);
      if (asked === null) throw notFound();
      if (asked === 'changed')
        throw conflict(
          'changed',
          'The draft was changed or sent, or its approval was asked for. Load it again.',
        );
      return {};
    },
    async 'approvals.decide'({ access, parameters, body: { estimate, approves, note } }) {
      const order = { id: parameters.draft, estimateId: estimate, approves, note: note.trim() };
      const decided = await compositions.decideApproval(access, order);
      if (decided === null) throw notFound();
      if (decided === 'own')
        throw conflict(
          'own',
          'Nobody approves their own campaign. Another owner or editor of the account does.',
        );
      if (decided === 'too-late')
        throw conflict(
          'too-late',
          'Another member has decided, or the question was taken back. Load it again.',
        );
      return {};
    },
    async 'approvals.withdraw'({ access, parameters }) {
      if (!(await compositions.withdrawApproval(access, parameters.draft))) throw notFound();
      return {};
    },
  };
}

export function renderApproval(approval: Approval): Answer<'approvals.read'>['approval'] {
  const { state, estimateId, askedBy, askedAtMs, question, decidedBy, decidedAtMs, note } = approval;
  return {
    state,
    estimate: estimateId,
    askedBy: askedBy.actor,
    askedAt: iso(askedAtMs),
    question,
    decidedBy: decidedBy?.actor ?? null,
    decidedAt: isoOrNull(decidedAtMs),
    note,
  };
}
