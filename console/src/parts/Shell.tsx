// The shell around every page of a signed-in person: rail, top bar, strips, bottom bar on a phone, command bar and keys. Used
// by the router. The places are in places.ts.
import { Menu, Modal, Tooltip, useMantineColorScheme } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import IconDots from '@tabler/icons-react/icons/IconDots';
import IconKeyboard from '@tabler/icons-react/icons/IconKeyboard';
import IconLayoutSidebarLeftCollapse from '@tabler/icons-react/icons/IconLayoutSidebarLeftCollapse';
import IconLayoutSidebarLeftExpand from '@tabler/icons-react/icons/IconLayoutSidebarLeftExpand';
import IconPencil from '@tabler/icons-react/icons/IconPencil';
import IconSearch from '@tabler/icons-react/icons/IconSearch';
import IconSelector from '@tabler/icons-react/icons/IconSelector';
import { Link, Outlet, useLocation, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { accountPlaces, commonPlaces, composePath, operatorPlaces, type Place } from '../places.ts';
import { rememberAccount, type Session, signOut, useSession } from '../session.tsx';
import { useConnection, useLive, useNewBuild } from '../stream.ts';
import { useWords } from '../words/words.ts';
import { CommandBar } from './CommandBar.tsx';
import { KeyHelp } from './KeyHelp.tsx';
import { useKeys } from './keys.ts';
import { Sign } from './Sign.tsx';
import css from './shell.module.css';

const searchKeys = /Mac|iPhone/.test(navigator.platform) ? '⌘ K' : 'Ctrl K';
const foldedKey = 'chappe-folded';
const base = (account: string | undefined) => `/a/${encodeURIComponent(account ?? '')}`;

/** The account of the address, else the one that the person was in last. */
function useCurrent(session: Session): { account: string | undefined; isInside: boolean } {
  const { account } = useParams({ strict: false }) as { account?: string };
  const [last, setLast] = useState(account ?? session.accounts[0]?.account);
  useEffect(() => {
    if (account === undefined) return;
    setLast(account);
    rememberAccount(account);
  }, [account]);
  return { account: account ?? last, isInside: account !== undefined };
}

export function Shell() {
  const session = useSession();
  const { common } = useWords();
  const navigate = useNavigate();
  const { account, isInside } = useCurrent(session);
  const [isCommand, setCommand] = useState(false);
  const [isHelp, setHelp] = useState(false);
  const [isFolded, setFolded] = useState(() => readFolded());
  useLive(account ? [`account:${account}`] : []);

  useEffect(() => {
    const open = (event: KeyboardEvent) => {
      if (event.key !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setCommand((opened) => !opened);
    };
    document.addEventListener('keydown', open);
    return () => document.removeEventListener('keydown', open);
  }, []);
  const common_ = commonPlaces.filter(({ needsPhone }) => !needsPhone || session.installation.hasPhone);
  useKeys({
    '?': () => setHelp(true),
    y: () => void navigator.clipboard?.writeText(window.location.href),
    ...(composePath !== null && account
      ? { c: () => void navigate({ to: base(account) + composePath }) }
      : {}),
    ...Object.fromEntries(
      [
        ...(account ? accountPlaces.map((place) => ({ ...place, to: base(account) + place.path })) : []),
        ...common_.map((place) => ({ ...place, to: place.path })),
        ...(session.member.isOperator ? operatorPlaces.map((place) => ({ ...place, to: place.path })) : []),
      ]
        .filter(({ key }) => key !== undefined)
        .map(({ key, to }) => [`g ${key}`, () => void navigate({ to })]),
    ),
  });

  const fold = () => {
    setFolded(!isFolded);
    try {
      localStorage.setItem(foldedKey, isFolded ? '' : '1');
    } catch {}
  };
  return (
    <div className={css['shell']} data-folded={isFolded || undefined}>
      <a className={css['skip']} href="#content">
        {common.skipToContent}
      </a>
      <nav className={css['rail']} aria-label={common.places}>
        <Link to="/" className={css['brand']!}>
          <Sign size={22} />
          <span className={css['brandName']}>Chappe</span>
          {session.installation.label ? (
            <span className={css['label']}>{session.installation.label}</span>
          ) : null}
        </Link>
        {account ? (
          <>
            {composePath === null ? null : (
              <Link to={base(account) + composePath} className={css['composeLink']!}>
                <IconPencil size={18} stroke={1.75} />
                <span>{common.compose}</span>
              </Link>
            )}
            {accountPlaces.map((place) => (
              <PlaceLink
                key={place.name}
                place={place}
                to={base(account) + place.path}
                isExact={place.path === ''}
              />
            ))}
          </>
        ) : null}
        {session.member.isOperator && operatorPlaces.length > 0 ? (
          <>
            <div className={css['groupName']}>{common.operator}</div>
            {operatorPlaces.map((place) => (
              <PlaceLink
                key={place.name}
                place={place}
                to={place.path}
                isExact={place.path === '/operator'}
              />
            ))}
          </>
        ) : null}
        <div className={css['railEnd']}>
          {common_.map((place) => (
            <PlaceLink key={place.name} place={place} to={place.path} />
          ))}
          <button
            type="button"
            className={css['fold']}
            onClick={fold}
            aria-label={isFolded ? common.unfoldRail : common.foldRail}
          >
            {isFolded ? (
              <IconLayoutSidebarLeftExpand size={18} stroke={1.75} />
            ) : (
              <IconLayoutSidebarLeftCollapse size={18} stroke={1.75} />
            )}
            <span className={css['placeName']}>{common.foldRail}</span>
          </button>
        </div>
      </nav>
      <div className={css['main']}>
        <div className={css['top']}>
          <AccountSwitcher session={session} account={account} onFind={() => setCommand(true)} />
          <button
            type="button"
            className={css['searchButton']}
            onClick={() => setCommand(true)}
            aria-label={`${common.searchHint} ${searchKeys}`}
          >
            <IconSearch size={16} stroke={1.75} />
            <span>{common.searchHint}</span>
            <kbd>{searchKeys}</kbd>
          </button>
          <ConnectionDot />
          <Tooltip label={common.keys}>
            <button
              type="button"
              className={css['iconButton']}
              aria-label={common.keys}
              onClick={() => setHelp(true)}
            >
              <IconKeyboard size={18} stroke={1.75} />
            </button>
          </Tooltip>
          <PersonMenu session={session} />
        </div>
        <Strips session={session} account={isInside ? account : undefined} />
        <main id="content" tabIndex={-1} style={{ outline: 'none' }}>
          <Outlet />
        </main>
      </div>
      <BottomBar session={session} account={account} />
      <CommandBar
        opened={isCommand}
        onClose={() => setCommand(false)}
        account={account}
        onKeys={() => setHelp(true)}
      />
      <Modal
        opened={isHelp}
        onClose={() => setHelp(false)}
        title={common.keyHelp.title}
        size="lg"
        closeButtonProps={{ 'aria-label': common.close }}
      >
        <KeyHelp />
      </Modal>
    </div>
  );
}

function readFolded(): boolean {
  try {
    return localStorage.getItem(foldedKey) === '1';
  } catch {
    return false;
  }
}

function PlaceLink({
  place,
  to,
  isExact,
}: {
  readonly place: Place;
  readonly to: string;
  readonly isExact?: boolean;
}) {
  const { common } = useWords();
  const PlaceIcon: Icon = place.icon;
  const name = common[place.name];
  const path = useLocation({ select: ({ pathname }) => pathname });
  const isTab = place.also?.some((other) => path.startsWith(other)) ?? false;
  return (
    <Link
      to={to}
      className={css['place']!}
      activeOptions={{ exact: isExact ?? false, includeSearch: false }}
      title={name}
      {...(isTab ? { 'data-status': 'active' } : {})}
    >
      <PlaceIcon size={18} stroke={1.75} />
      <span className={css['placeName']}>{name}</span>
    </Link>
  );
}

function AccountSwitcher({
  session,
  account,
  onFind,
}: {
  readonly session: Session;
  readonly account: string | undefined;
  readonly onFind: () => void;
}) {
  const { common } = useWords();
  const navigate = useNavigate();
  const current = session.accounts.find((one) => one.account === account);
  if (account === undefined) return <span />;
  return (
    <Menu position="bottom-start" shadow="md" width={260}>
      <Menu.Target>
        <button
          type="button"
          className={css['switcher']}
          aria-label={`${common.switchAccount}: ${current?.name ?? account}`}
        >
          <span>{current?.name ?? account}</span>
          <IconSelector size={16} stroke={1.75} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{common.switchAccount}</Menu.Label>
        {session.accounts.slice(0, 12).map((one) => (
          <Menu.Item
            key={one.account}
            onClick={() => void navigate({ to: base(one.account) })}
            rightSection={<span className="faint small">{common.role[one.role]}</span>}
          >
            {one.name}
          </Menu.Item>
        ))}
        {session.accounts.length > 12 || session.member?.isOperator ? (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconSearch size={16} stroke={1.75} />} onClick={onFind}>
              {common.allAccounts}
            </Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}

function ConnectionDot() {
  const { common } = useWords();
  const connection = useConnection();
  return (
    <Tooltip label={common.connection[connection]} multiline maw={320}>
      <span className={css['iconButton']} role="status" aria-label={common.connection[connection]}>
        <span className={css['dot']} data-connection={connection} />
      </span>
    </Tooltip>
  );
}

function PersonMenu({ session }: { readonly session: Session }) {
  const { common } = useWords();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const name = session.member?.name ?? '';
  const initials = name
    .split(/\s+/)
    .map((word) => word[0] ?? '')
    .slice(0, 2)
    .join('')
    .toUpperCase();
  return (
    <Menu position="bottom-end" shadow="md" width={240}>
      <Menu.Target>
        <button type="button" className={css['iconButton']} aria-label={`${common.you}: ${name}`}>
          <span className={css['person']} data-initials={initials || '·'} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{session.member?.email ?? name}</Menu.Label>
        <Menu.Item onClick={() => void navigate({ to: '/me' })}>{common.you}</Menu.Item>
        <Menu.Divider />
        <Menu.Label>{common.theme.label}</Menu.Label>
        {(['light', 'dark', 'auto'] as const).map((scheme) => (
          <Menu.Item
            key={scheme}
            onClick={() => setColorScheme(scheme)}
            rightSection={colorScheme === scheme ? '●' : null}
          >
            {scheme === 'auto' ? common.theme.system : common.theme[scheme]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>{common.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Strips({ session, account }: { readonly session: Session; readonly account: string | undefined }) {
  const { common } = useWords();
  const hasNewBuild = useNewBuild();
  const current = session.accounts.find((one) => one.account === account);
  const actsAs =
    account !== undefined && (current?.role === 'operator' || (!current && session.member?.isOperator))
      ? (current?.name ?? account)
      : null;
  return (
    <>
      {hasNewBuild ? (
        <div className={css['strip']} data-kind="new" role="status">
          {common.newBuild}
          <button type="button" onClick={() => window.location.reload()}>
            {common.reload}
          </button>
        </div>
      ) : null}
      {actsAs !== null && !session.installation.isDemo ? (
        <div className={css['strip']} data-kind="acting">
          {common.actingFor(actsAs)}
        </div>
      ) : null}
      {session.installation.isDemo || session.member?.hasPassword === false ? (
        <div className={css['strip']}>
          {session.installation.isDemo ? <span>{common.demo}</span> : null}
          {session.member?.hasPassword === false ? (
            <span>
              {common.noPassword} <Link to="/me">{common.choosePassword}</Link>
            </span>
          ) : null}
        </div>
      ) : null}
    </>
  );
}

function BottomBar({
  session,
  account,
}: {
  readonly session: Session;
  readonly account: string | undefined;
}) {
  const { common } = useWords();
  const navigate = useNavigate();
  const available = commonPlaces.filter(({ needsPhone }) => !needsPhone || session.installation.hasPhone);
  const places = [
    ...(account ? accountPlaces.map((place) => ({ ...place, to: base(account) + place.path })) : []),
    ...available.map((place) => ({ ...place, to: place.path })),
    ...(session.member?.isOperator ? operatorPlaces.map((place) => ({ ...place, to: place.path })) : []),
  ];
  const frequent = places.filter(({ isFrequent }) => isFrequent).slice(0, 4);
  const others = places.filter((place) => !frequent.includes(place));
  return (
    <nav className={css['bottom']} aria-label={common.places}>
      {frequent.map((place) => {
        const PlaceIcon: Icon = place.icon;
        return (
          <Link
            key={place.name}
            to={place.to}
            activeOptions={{ exact: place.path === '', includeSearch: false }}
          >
            <PlaceIcon size={20} stroke={1.75} />
            <span>{common[place.name]}</span>
          </Link>
        );
      })}
      <Menu position="top-end" shadow="md" width={220}>
        <Menu.Target>
          <button type="button">
            <IconDots size={20} stroke={1.75} />
            <span>{common.more}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {others.map((place) => (
            <Menu.Item key={place.name} onClick={() => void navigate({ to: place.to })}>
              {common[place.name]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}
