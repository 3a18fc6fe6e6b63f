// The OVH dialect's services of senders, virtual numbers and templates. Used by the listeners.
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

export function senderDeskOf({ runtime, config: { senderReview } }: PeopleOptions): SenderDesk {
  const { query } = runtime.database;
  return {
    list: (account) => listSenders(query, account),
    read: (account, name) => findSender(query, account, name),
    ask: (whose, order, send) => askSender(runtime, whose, order, senderReview, send),
    edit: (account, name, change) => editSender(runtime, account, name, change),
    confirm: (account, name, code) => confirmSender(runtime, account, name, code),
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

export function templateDeskOf({ runtime, config: { senderReview } }: PeopleOptions): TemplateDesk {
  const { query } = runtime.database;
  return {
    list: (account) => listTemplateNames(query, account),
    read: (account, name) => findTemplate(query, account, name),
    create: (account, order) => createTemplate(runtime, account, order, senderReview),
    edit: (account, name, change) => editTemplate(runtime, account, name, change, senderReview),
    relaunch: (account, name, change) => relaunchTemplate(runtime, account, name, change, senderReview),
    drop: (account, name) => deleteTemplate(query, account, name),
  };
}
