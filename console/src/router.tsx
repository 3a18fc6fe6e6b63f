// The addresses of the console. A page is loaded when it is opened first; README.md says how a page is added. Used by
// main.tsx. Pages below `/a/$account` belong to an account; the server decides who may read them.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { NotFound } from './pages/not-found/NotFound.tsx';
import { ErrorBox, Page } from './parts/Page.tsx';
import { Shell } from './parts/Shell.tsx';
import { firstPage, loadSession } from './session.tsx';
import { allWords } from './words/words.ts';

type Search = Readonly<Record<string, string | undefined>>;

/** Every filter is a text in the query: pages read their own keys. */
const readSearch = (search: Record<string, unknown>): Search =>
  Object.fromEntries(
    Object.entries(search).map(([key, value]) => [key, value === undefined ? undefined : String(value)]),
  );

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, validateSearch: readSearch });

type Load = () => Promise<Record<string, unknown>>;
const lazyPage = (load: Load, name: string) =>
  lazyRouteComponent(load as () => Promise<Record<string, never>>, name);
/** A page with words that are not those of the first load. */
const lazyPageOfRest = (load: Load, name: string) =>
  lazyPage(async () => {
    const [page] = await Promise.all([load(), allWords()]);
    return page;
  }, name);

const page = <Path extends string>(path: Path, load: Load, name: string) =>
  createRoute({
    getParentRoute: () => root,
    path,
    component: lazyPage(load, name),
  });

const outside = [
  page('/sign-in', () => import('./pages/sign-in/SignIn.tsx'), 'SignIn'),
  page('/enter', () => import('./pages/sign-in/Enter.tsx'), 'Enter'),
  page('/invite', () => import('./pages/sign-in/Invite.tsx'), 'Invite'),
];

/** Everything behind signing in. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ location }) => {
    const session = await loadSession();
    if (session.state !== 'signed-in') throw redirect({ to: '/sign-in', search: { to: location.href } });
  },
});

const inside = <Path extends string>(
  path: Path,
  load: () => Promise<Record<string, unknown>>,
  name: string,
) =>
  createRoute({
    getParentRoute: () => shell,
    path,
    component: lazyPageOfRest(load, name),
  });

const start = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: async () => {
    throw redirect({ to: firstPage(await loadSession()), replace: true });
  },
});

/** A page whose tabs have addresses: the first tab is the address of the page itself. */
const tabs = (
  path: string,
  frame: Load,
  name: string,
  first: string,
  children: readonly (readonly [string, Load, string])[],
) => {
  const parent = inside(path, frame, name);
  const toFirst = createRoute({
    getParentRoute: () => parent,
    path: '/',
    beforeLoad: ({ params }) => {
      const filled = path.replace(/\$(\w+)/g, (_, name: string) =>
        encodeURIComponent((params as Readonly<Record<string, string>>)[name] ?? ''),
      );
      throw redirect({ to: `${filled}/${first}`, replace: true });
    },
  });
  const pages = children.map(([tab, load, component]) =>
    createRoute({ getParentRoute: () => parent, path: tab, component: lazyPageOfRest(load, component) }),
  );
  return parent.addChildren([toFirst, ...pages]);
};

const pages = [
  start,
  inside('/no-account', () => import('./pages/sign-in/NoAccount.tsx'), 'NoAccount'),
  inside('/phone', () => import('./pages/phone/Phone.tsx'), 'Phone'),
  inside('/me', () => import('./pages/me/Me.tsx'), 'Me'),
  createRoute({
    getParentRoute: () => shell,
    path: '/a/$account',
    component: lazyPage(() => import('./pages/home/Home.tsx'), 'Home'),
  }),
  tabs('/a/$account/developers', () => import('./pages/developers/Developers.tsx'), 'Developers', 'keys', [
    ['keys', () => import('./pages/developers/Keys.tsx'), 'Keys'],
    ['callbacks', () => import('./pages/developers/Callbacks.tsx'), 'Callbacks'],
    ['deliveries', () => import('./pages/developers/Deliveries.tsx'), 'Deliveries'],
    ['refused', () => import('./pages/developers/Refused.tsx'), 'Refused'],
  ]),
  inside('/a/$account/inbox', () => import('./pages/inbox/Inbox.tsx'), 'Inbox'),
  inside('/a/$account/inbox/$conversation', () => import('./pages/inbox/Inbox.tsx'), 'Inbox'),
  tabs('/a/$account/audience', () => import('./pages/audience/Audience.tsx'), 'Audience', 'contacts', [
    ['contacts', () => import('./pages/audience/Contacts.tsx'), 'Contacts'],
    ['groups', () => import('./pages/audience/Groups.tsx'), 'Groups'],
    ['opt-outs', () => import('./pages/audience/OptOuts.tsx'), 'OptOuts'],
  ]),
  tabs('/a/$account/credit', () => import('./pages/credit/Credit.tsx'), 'Credit', 'entries', [
    ['entries', () => import('./pages/credit/Entries.tsx'), 'Entries'],
    ['orders', () => import('./pages/credit/Orders.tsx'), 'Orders'],
    ['invoices', () => import('./pages/credit/Invoices.tsx'), 'Invoices'],
    ['statements', () => import('./pages/credit/Statements.tsx'), 'Statements'],
    ['prices', () => import('./pages/credit/Prices.tsx'), 'Prices'],
    ['alerts', () => import('./pages/credit/Alerts.tsx'), 'Alerts'],
  ]),
  inside('/a/$account/compose/{-$draft}', () => import('./pages/compose/Compose.tsx'), 'Compose'),
  inside('/a/$account/campaigns', () => import('./pages/campaigns/Campaigns.tsx'), 'Campaigns'),
  tabs(
    '/a/$account/campaigns/$campaign',
    () => import('./pages/campaigns/Campaign.tsx'),
    'Campaign',
    'report',
    [
      ['report', () => import('./pages/campaigns/Report.tsx'), 'Report'],
      ['messages', () => import('./pages/campaigns/Tabs.tsx'), 'CampaignMessages'],
      ['replies', () => import('./pages/campaigns/Tabs.tsx'), 'CampaignReplies'],
      ['not-sent', () => import('./pages/campaigns/Tabs.tsx'), 'CampaignNotSent'],
      ['settings', () => import('./pages/campaigns/Tabs.tsx'), 'CampaignSettings'],
    ],
  ),
  tabs('/a/$account/settings', () => import('./pages/settings/Settings.tsx'), 'Settings', 'senders', [
    ['senders', () => import('./pages/settings/Senders.tsx'), 'Senders'],
    ['templates', () => import('./pages/settings/Templates.tsx'), 'Templates'],
    ['members', () => import('./pages/settings/Members.tsx'), 'Members'],
    ['account', () => import('./pages/settings/AccountPage.tsx'), 'AccountPage'],
    ['audit', () => import('./pages/settings/Audit.tsx'), 'Audit'],
  ]),
  inside('/a/$account/messages', () => import('./pages/messages/Messages.tsx'), 'Messages'),
  inside('/a/$account/messages/$message', () => import('./pages/messages/Message.tsx'), 'Message'),
  inside('/operator', () => import('./pages/operator/Overview.tsx'), 'Overview'),
  inside('/operator/accounts', () => import('./pages/operator/Accounts.tsx'), 'Accounts'),
  inside('/operator/accounts/$account', () => import('./pages/operator/Account.tsx'), 'Account'),
  inside('/operator/carriers', () => import('./pages/operator/Carriers.tsx'), 'Carriers'),
  inside('/operator/routes', () => import('./pages/operator/Routes.tsx'), 'Routes'),
  inside('/operator/ways', () => import('./pages/operator/Ways.tsx'), 'Ways'),
  inside('/operator/prices', () => import('./pages/operator/Prices.tsx'), 'Prices'),
  inside('/operator/numbers', () => import('./pages/operator/Numbers.tsx'), 'Numbers'),
  inside('/operator/hours', () => import('./pages/operator/Hours.tsx'), 'Hours'),
  inside('/operator/todo', () => import('./pages/operator/Todo.tsx'), 'Todo'),
  inside('/operator/deliveries', () => import('./pages/operator/Deliveries.tsx'), 'OperatorDeliveries'),
  inside('/operator/system', () => import('./pages/operator/System.tsx'), 'System'),
  inside('/operator/audit', () => import('./pages/operator/AuditTrail.tsx'), 'AuditTrail'),
  inside('/operator/retention', () => import('./pages/operator/Retention.tsx'), 'Retention'),
];

/** Signed in, without the shell: for paper. */
const bare = createRoute({
  getParentRoute: () => root,
  id: 'bare',
  component: Outlet,
  beforeLoad: async ({ location }) => {
    const session = await loadSession();
    if (session.state !== 'signed-in') throw redirect({ to: '/sign-in', search: { to: location.href } });
  },
});

const printed = [
  createRoute({
    getParentRoute: () => bare,
    path: '/print/campaign/$campaign',
    component: lazyPageOfRest(() => import('./pages/campaigns/Print.tsx'), 'PrintCampaign'),
  }),
  createRoute({
    getParentRoute: () => bare,
    path: '/print/invoice/$number',
    component: lazyPage(() => import('./pages/credit/PrintInvoice.tsx'), 'PrintInvoice'),
  }),
  createRoute({
    getParentRoute: () => bare,
    path: '/print/statement/$month',
    component: lazyPage(() => import('./pages/credit/PrintStatement.tsx'), 'PrintStatement'),
  }),
];

const routeTree = root.addChildren([...outside, bare.addChildren(printed), shell.addChildren(pages)]);

export const router = createRouter({
  routeTree,
  basepath: '/console',
  defaultPreload: 'intent',
  scrollRestoration: true,
  // A query is plain text: `status=delivered,unknown`, not JSON.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const entries = Object.entries(search).filter(([, value]) => value !== undefined && value !== '');
    const query = new URLSearchParams(entries.map(([key, value]) => [key, String(value)])).toString();
    return query === '' ? '' : `?${query}`;
  },
  defaultErrorComponent: ({ error, reset }) => (
    <Page title="Chappe">
      <ErrorBox error={error} onRetry={reset} />
    </Page>
  ),
});
