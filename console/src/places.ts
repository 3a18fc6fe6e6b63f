// The places of the rail, the bottom bar and the command bar, in their order. A page adds itself here when it exists. Used by
// the shell. The icon, the word of `common`, the path below the account or the installation, and its key ("g m").
import type { Icon } from '@tabler/icons-react';
import IconAddressBook from '@tabler/icons-react/icons/IconAddressBook';
import IconAntenna from '@tabler/icons-react/icons/IconAntenna';
import IconChecklist from '@tabler/icons-react/icons/IconChecklist';
import IconCode from '@tabler/icons-react/icons/IconCode';
import IconCoins from '@tabler/icons-react/icons/IconCoins';
import IconDeviceMobile from '@tabler/icons-react/icons/IconDeviceMobile';
import IconGauge from '@tabler/icons-react/icons/IconGauge';
import IconHome from '@tabler/icons-react/icons/IconHome';
import IconInbox from '@tabler/icons-react/icons/IconInbox';
import IconMessages from '@tabler/icons-react/icons/IconMessages';
import IconReceipt from '@tabler/icons-react/icons/IconReceipt';
import IconSend from '@tabler/icons-react/icons/IconSend';
import IconServer from '@tabler/icons-react/icons/IconServer';
import IconSettings from '@tabler/icons-react/icons/IconSettings';
import IconUsers from '@tabler/icons-react/icons/IconUsers';
import IconWebhook from '@tabler/icons-react/icons/IconWebhook';
import type { Words } from './words/words.ts';

type PlaceName = {
  [Name in keyof Words['common']]: Words['common'][Name] extends string ? Name : never;
}[keyof Words['common']];

export interface Place {
  readonly name: PlaceName;
  /** Below `/a/:account`, or below the installation. */
  readonly path: string;
  readonly icon: Icon;
  /** Paths of its other tabs, which do not begin with `path`. */
  readonly also?: readonly string[];
  /** The second key after `g`. */
  readonly key?: string;
  /** In the bottom bar of a phone. */
  readonly isFrequent?: boolean;
  /** Only where the simulated carrier runs. */
  readonly needsPhone?: boolean;
}

/** Path of the button Compose below the account; null: the page does not exist. */
export const composePath: string | null = '/compose';

export const accountPlaces: readonly Place[] = [
  { name: 'home', path: '', icon: IconHome, key: 'h', isFrequent: true },
  { name: 'campaigns', path: '/campaigns', icon: IconSend, key: 'c', isFrequent: true },
  { name: 'messages', path: '/messages', icon: IconMessages, key: 'm', isFrequent: true },
  { name: 'inbox', path: '/inbox', icon: IconInbox, key: 'i', isFrequent: true },
  { name: 'audience', path: '/audience', icon: IconAddressBook, key: 'a' },
  { name: 'credit', path: '/credit', icon: IconCoins },
  { name: 'developers', path: '/developers', icon: IconCode, key: 'd' },
  { name: 'settings', path: '/settings', icon: IconSettings },
];

/** Outside of accounts: of the installation and of the operator. */
export const commonPlaces: readonly Place[] = [
  { name: 'phone', path: '/phone', icon: IconDeviceMobile, key: 'p', isFrequent: true, needsPhone: true },
];

export const operatorPlaces: readonly Place[] = [
  { name: 'overview', path: '/operator', icon: IconGauge, key: 'o' },
  { name: 'accounts', path: '/operator/accounts', icon: IconUsers },
  {
    name: 'carriers',
    path: '/operator/carriers',
    also: ['/operator/routes', '/operator/ways'],
    icon: IconAntenna,
  },
  {
    name: 'prices',
    path: '/operator/prices',
    also: ['/operator/numbers', '/operator/hours'],
    icon: IconReceipt,
  },
  { name: 'todo', path: '/operator/todo', icon: IconChecklist },
  { name: 'deliveries', path: '/operator/deliveries', icon: IconWebhook },
  {
    name: 'system',
    path: '/operator/system',
    also: ['/operator/audit', '/operator/retention'],
    icon: IconServer,
  },
];
