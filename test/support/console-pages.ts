// The pages of the console by name, for the sweep of test/console and for scripts/console-shots.ts. `{a}` is the service name of
// an account, `{m}` the id of a message. A new page is entered here.
export const consolePages: Readonly<Record<string, string>> = {
  home: '/a/{a}',
  compose: '/a/{a}/compose',
  campaigns: '/a/{a}/campaigns',
  messages: '/a/{a}/messages',
  message: '/a/{a}/messages/{m}',
  inbox: '/a/{a}/inbox',
  contacts: '/a/{a}/audience/contacts',
  groups: '/a/{a}/audience/groups',
  'opt-outs': '/a/{a}/audience/opt-outs',
  entries: '/a/{a}/credit/entries',
  orders: '/a/{a}/credit/orders',
  invoices: '/a/{a}/credit/invoices',
  statements: '/a/{a}/credit/statements',
  prices: '/a/{a}/credit/prices',
  alerts: '/a/{a}/credit/alerts',
  keys: '/a/{a}/developers/keys',
  'new-key': '/a/{a}/developers/keys?new=1',
  callbacks: '/a/{a}/developers/callbacks',
  deliveries: '/a/{a}/developers/deliveries',
  senders: '/a/{a}/settings/senders',
  templates: '/a/{a}/settings/templates',
  members: '/a/{a}/settings/members',
  account: '/a/{a}/settings/account',
  audit: '/a/{a}/settings/audit',
  phone: '/phone?latest',
  me: '/me',
  'operator-accounts': '/operator/accounts',
  'operator-account': '/operator/accounts/{a}',
  carriers: '/operator/carriers',
  routes: '/operator/routes',
  'operator-prices': '/operator/prices',
  ways: '/operator/ways',
  todo: '/operator/todo',
};

export function addressOf(name: string, { account, message }: { account: string; message: number }): string {
  return `/console${consolePages[name]!.replace('{a}', account).replace('{m}', String(message))}`;
}
