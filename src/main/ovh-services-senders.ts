// What OVH's dialect may ask of the house about whom an account sends as: senders, virtual numbers, templates. Serves the
// doors.
import type { SenderDesk, TemplateDesk } from '#dialects/ovh/api/services.ts';
import { askSender, confirmSender, editSender } from '#operations/account/senders.ts';
import { createTemplate, editTemplate, relaunchTemplate } from '#operations/account/templates.ts';
import {
  deleteSender,
  findSender,
  insertSenderDocument,
  listSenderDocuments,
  listSenders,
  updateSenderDocument,
} from '#store/accounts/senders.ts';
import { deleteTemplate, findTemplate, listTemplateNames } from '#store/campaigns/message-templates.ts';
import { listNumbersOf } from '#store/platform/reply-numbers.ts';
import type { PeopleOptions } from './ovh-services-users.ts';

export function senderDeskOf({ engine, config: { senderReview } }: PeopleOptions): SenderDesk {
  const { query } = engine.database;
  return {
    list: (account) => listSenders(query, account),
    read: (account, name) => findSender(query, account, name),
    ask: (whose, order, send) => askSender(engine, whose, order, senderReview, send),
    edit: (account, name, change) => editSender(engine, account, name, change),
    confirm: (account, name, code) => confirmSender(engine, account, name, code),
    drop: (account, name) => deleteSender(query, account, name),
    documentsOf: (account, name) => listSenderDocuments(query, account, name),
    addDocument: (account, name, paper) => insertSenderDocument(query, account, name, paper),
    editDocument: (account, paper, change) => updateSenderDocument(query, account, paper, change),
    numbersOf: (accounts) =>
      listNumbersOf(
        query,
        accounts.map(({ id }) => id),
      ),
  };
}

export function templateDeskOf({ engine, config: { senderReview } }: PeopleOptions): TemplateDesk {
  const { query } = engine.database;
  return {
    list: (account) => listTemplateNames(query, account),
    read: (account, name) => findTemplate(query, account, name),
    create: (account, order) => createTemplate(engine, account, order, senderReview),
    edit: (account, name, change) => editTemplate(engine, account, name, change, senderReview),
    relaunch: (account, name, change) => relaunchTemplate(engine, account, name, change, senderReview),
    drop: (account, name) => deleteTemplate(query, account, name),
  };
}
