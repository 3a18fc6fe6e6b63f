// The commands, in the order in which the overview names them.
import { accountCreate, accountCredit, accountList } from './account.ts';
import { accountSet } from './account-set.ts';
import {
  carrierAdd,
  carrierDisable,
  carrierEnable,
  carrierList,
  carrierRemove,
  routeAdd,
  routeList,
  routeRemove,
} from './carrier.ts';
import type { Command } from './command.ts';
import { messageList, messageShow } from './message.ts';
import { migrateCommand } from './migrate.ts';
import { send } from './send.ts';
import { serve } from './serve.ts';
import { simulate } from './simulate.ts';

export const commands: readonly Command[] = [
  serve,
  accountCreate,
  accountCredit,
  accountList,
  accountSet,
  carrierAdd,
  carrierList,
  carrierRemove,
  carrierDisable,
  carrierEnable,
  routeAdd,
  routeList,
  routeRemove,
  send,
  messageList,
  messageShow,
  simulate,
  migrateCommand,
];
