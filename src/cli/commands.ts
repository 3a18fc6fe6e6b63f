// The commands, in the order in which the overview names them.
import { accountCreate, accountCredit, accountList } from './account.ts';
import { accountAlerts } from './account-alerts.ts';
import { accountClose, accountKeyNew, accountKeyRevoke, accountShow } from './account-key.ts';
import { accountSet } from './account-set.ts';
import { accountStatement } from './account-statement.ts';
import { auditList } from './audit.ts';
import { backup, restore } from './backup.ts';
import {
  campaignList,
  campaignPause,
  campaignRefuse,
  campaignRelease,
  campaignResume,
  campaignShow,
} from './campaign.ts';
import {
  carrierAdd,
  carrierDisable,
  carrierDrain,
  carrierEnable,
  carrierList,
  carrierPause,
  carrierRemove,
  carrierResume,
  carrierSet,
  carrierShow,
  carrierTest,
  carrierTrace,
} from './carrier.ts';
import type { Command } from './command.ts';
import { importOctopush, importOvh } from './import.ts';
import { invoiceCredit, invoiceIssue, invoiceIssuer, invoiceList, invoiceShow } from './invoice.ts';
import { mailIgnored } from './mail.ts';
import { messageList, messageShow } from './message.ts';
import { migrateCommand } from './migrate.ts';
import { newsAdd, newsList, newsRemove } from './news.ts';
import { numberAdd, numberAssign, numberList, numberRemove, numberSurcharge } from './number.ts';
import { operatorLink } from './operator-link.ts';
import { optOutAdd, optOutExport, optOutImport, optOutList, optOutRemove } from './opt-out.ts';
import { orderCancel, orderConfirm, orderList, orderShow } from './order.ts';
import { personalDataErase, personalDataShow } from './personal-data.ts';
import { rateExport, rateHistory, rateImport, rateList, rateRemove, rateRestore, rateSet } from './rate.ts';
import { rateLookup } from './rate-lookup.ts';
import { replyList } from './reply.ts';
import { report } from './report.ts';
import { carrierCosts, routeAdd, routeExplain, routeList, routeRemove, routeSet } from './route.ts';
import { send } from './send.ts';
import { senderAdd, senderApprove, senderList, senderRefuse } from './sender.ts';
import { serve } from './serve.ts';
import { simulate } from './simulate.ts';
import { templateApprove, templateList, templateRefuse } from './template.ts';

export const commands: readonly Command[] = [
  serve,
  accountCreate,
  accountCredit,
  accountList,
  accountShow,
  accountSet,
  accountKeyNew,
  accountKeyRevoke,
  accountClose,
  accountAlerts,
  accountStatement,
  orderList,
  orderShow,
  orderConfirm,
  orderCancel,
  invoiceList,
  invoiceShow,
  invoiceIssue,
  invoiceCredit,
  invoiceIssuer,
  carrierAdd,
  carrierSet,
  carrierList,
  carrierRemove,
  carrierPause,
  carrierResume,
  carrierShow,
  carrierTest,
  carrierTrace,
  carrierCosts,
  carrierDrain,
  carrierDisable,
  carrierEnable,
  routeAdd,
  routeSet,
  routeList,
  routeExplain,
  routeRemove,
  send,
  messageList,
  messageShow,
  campaignList,
  campaignShow,
  campaignRelease,
  campaignRefuse,
  campaignPause,
  campaignResume,
  replyList,
  optOutList,
  optOutAdd,
  optOutRemove,
  optOutImport,
  optOutExport,
  importOctopush,
  importOvh,
  numberAdd,
  numberList,
  numberAssign,
  numberRemove,
  numberSurcharge,
  senderList,
  senderAdd,
  senderApprove,
  senderRefuse,
  templateList,
  templateApprove,
  templateRefuse,
  rateList,
  rateSet,
  rateRemove,
  rateImport,
  rateExport,
  rateHistory,
  rateRestore,
  rateLookup,
  report,
  personalDataShow,
  personalDataErase,
  newsAdd,
  newsList,
  newsRemove,
  mailIgnored,
  auditList,
  operatorLink,
  backup,
  restore,
  simulate,
  migrateCommand,
];
