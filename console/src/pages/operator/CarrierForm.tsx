// The form of a link to a carrier, from the option table of its kind. A new link is tried first: the answer of the carrier is shown
// in words, and the link can be added without.
import {
  Button,
  Checkbox,
  Modal,
  NativeSelect,
  PasswordInput,
  SegmentedControl,
  TextInput,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Answer } from '../../../../src/dialects/console/contract.ts';
import { call, query } from '../../api.ts';
import { Alert, ErrorBox, Loading } from '../../parts/Page.tsx';
import { useWords } from '../../words/words.ts';
import { reloadCarriers, TestAnswer } from './Carriers.tsx';
import css from './operator.module.css';
import { Secrets } from './values.tsx';

type Kind = 'smpp' | 'http';
type Option = Answer<'operator.carriers.kinds'>['kinds'][number]['options'][number];
type Stored = Answer<'operator.carriers.read'>;
type Callbacks = Answer<'operator.carriers.add'>['callbacks'];

/** Shown first; the others are folded. */
const essential: Readonly<Record<Kind, readonly string[]>> = {
  smpp: ['host', 'port', 'system-id', 'password', 'system-type', 'tls', 'binds', 'window', 'tps'],
  http: ['preset', 'base-url', 'url', 'account', 'user', 'password', 'token', 'rate'],
};

export function CarrierForm({
  editing,
  onClose,
}: {
  readonly editing: string | null;
  readonly onClose: () => void;
}) {
  const { carriers: w, common } = useWords();
  const isNew = editing === 'new';
  const kinds = useQuery({ ...query('operator.carriers.kinds'), enabled: editing !== null });
  const stored = useQuery({
    ...query('operator.carriers.read', { carrier: editing ?? '' }),
    enabled: editing !== null && !isNew,
    staleTime: 0,
  });
  const error = kinds.error ?? stored.error;
  return (
    <Modal
      opened={editing !== null}
      onClose={onClose}
      title={isNew ? w.formNew : w.formChange(editing ?? '')}
      size="lg"
      closeButtonProps={{ 'aria-label': common.close }}
    >
      {error ? <ErrorBox error={error} /> : null}
      {kinds.data && (isNew || stored.data) ? (
        <Form kinds={kinds.data.kinds} stored={isNew ? null : (stored.data ?? null)} onClose={onClose} />
      ) : error ? null : (
        <Loading />
      )}
    </Modal>
  );
}

function Form({
  kinds,
  stored,
  onClose,
}: {
  readonly kinds: Answer<'operator.carriers.kinds'>['kinds'];
  readonly stored: Stored | null;
  readonly onClose: () => void;
}) {
  const { carriers: w } = useWords();
  const [kind, setKind] = useState<Kind>(stored?.kind ?? 'smpp');
  const [name, setName] = useState('');
  const [values, setValues] = useState<Readonly<Record<string, string>>>(stored?.values ?? {});
  const [addsRoute, setAddsRoute] = useState(true);
  const [showsAll, setShowsAll] = useState(false);
  const [busy, setBusy] = useState<'test' | 'save' | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [test, setTest] = useState<Answer<'operator.carriers.test'> | null>(null);
  const [callbacks, setCallbacks] = useState<Callbacks>(null);
  const options = kinds.find((one) => one.kind === kind)?.options ?? [];
  const first = essential[kind].flatMap((flag) => options.find((option) => option.flag === flag) ?? []);
  const others = options.filter((option) => !first.includes(option));
  const given = Object.fromEntries(
    Object.entries(values).filter(([flag, text]) => text !== '' && text !== stored?.values[flag]),
  );
  const unset = Object.keys(stored?.values ?? {}).filter((flag) => values[flag] === '');

  const run = async (what: 'test' | 'save', work: () => Promise<void>) => {
    setBusy(what);
    setError(null);
    try {
      await work();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(null);
    }
  };
  const tryIt = () =>
    run('test', async () => {
      setTest(null);
      const body = { kind, options: given, ...(stored && { carrier: stored.carrier }) };
      setTest(await call('operator.carriers.test', { body }));
    });
  const save = () =>
    run('save', async () => {
      if (stored === null) {
        const body = { kind, carrier: name.trim(), options: given, addsRoute };
        const added = await call('operator.carriers.add', { body });
        await reloadCarriers();
        notifications.show({ message: w.added(name.trim()) });
        if (added.callbacks === null) onClose();
        else setCallbacks(added.callbacks);
      } else {
        await call('operator.carriers.change', { carrier: stored.carrier, body: { options: given, unset } });
        await reloadCarriers();
        notifications.show({ message: w.changed(stored.carrier) });
        onClose();
      }
    });
  if (callbacks !== null) return <CallbackAddresses callbacks={callbacks} onClose={onClose} />;

  const field = (option: Option) => (
    <OptionField
      key={`${kind} ${option.flag}`}
      option={option}
      value={values[option.flag] ?? ''}
      isHidden={stored?.hidden.includes(option.flag) ?? false}
      onChange={(text) => {
        setTest(null);
        setValues((before) => ({ ...before, [option.flag]: text }));
      }}
    />
  );
  const isGood = test?.result === 'bound' || test?.result === 'reachable';
  return (
    <form
      className={css['form']}
      onSubmit={(event) => {
        event.preventDefault();
        void (stored !== null || isGood ? save() : tryIt());
      }}
    >
      {stored === null ? (
        <>
          <SegmentedControl
            aria-label={w.kind}
            value={kind}
            data={[
              { value: 'smpp', label: w.kinds.smpp },
              { value: 'http', label: w.kinds.http },
            ]}
            onChange={(next) => {
              setKind(next === 'http' ? 'http' : 'smpp');
              setValues({});
              setTest(null);
            }}
          />
          <TextInput
            label={w.name}
            description={w.nameHint}
            value={name}
            required
            withAsterisk={false}
            maxLength={40}
            data-autofocus
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
        </>
      ) : null}
      <div className={css['pair']}>{first.map(field)}</div>
      {others.length > 0 ? (
        <Button
          variant="subtle"
          style={{ alignSelf: 'flex-start' }}
          aria-expanded={showsAll}
          onClick={() => setShowsAll(!showsAll)}
        >
          {w.all(options.length)}
        </Button>
      ) : null}
      {showsAll ? <div className={css['pair']}>{others.map(field)}</div> : null}
      {stored === null ? (
        <Checkbox
          label={w.addsRoute}
          checked={addsRoute}
          onChange={({ currentTarget }) => setAddsRoute(currentTarget.checked)}
        />
      ) : stored.callbacks ? (
        <CallbackList callbacks={stored.callbacks} />
      ) : null}
      {test === null ? null : <TestAnswer test={test} />}
      {error === null ? null : <ErrorBox error={error} />}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        {stored !== null || isGood ? null : (
          <Button
            variant="subtle"
            loading={busy === 'save'}
            disabled={name.trim() === ''}
            onClick={() => void save()}
          >
            {w.saveAnyway}
          </Button>
        )}
        <Button
          variant={stored !== null || isGood ? 'default' : 'filled'}
          type={stored !== null || isGood ? 'button' : 'submit'}
          loading={busy === 'test'}
          {...(stored !== null || isGood ? { onClick: () => void tryIt() } : {})}
        >
          {kind === 'smpp' ? w.tryBind : w.tryAddress}
        </Button>
        {stored !== null || isGood ? (
          <Button type="submit" loading={busy === 'save'}>
            {stored === null ? w.tested : w.save}
          </Button>
        ) : null}
      </div>
    </form>
  );
}

function CallbackList({ callbacks }: { readonly callbacks: NonNullable<Callbacks> }) {
  const { carriers: w } = useWords();
  return (
    <Secrets
      rows={[
        [w.callbackReceipt, callbacks.receipt],
        [w.callbackReply, callbacks.reply],
      ]}
    />
  );
}

function CallbackAddresses({
  callbacks,
  onClose,
}: {
  readonly callbacks: NonNullable<Callbacks>;
  readonly onClose: () => void;
}) {
  const { carriers: w, common } = useWords();
  return (
    <div className="stack">
      <Alert tone="half" title={w.callbacksTitle}>
        {w.callbacksText}
      </Alert>
      <CallbackList callbacks={callbacks} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button onClick={onClose}>{common.done}</Button>
      </div>
    </div>
  );
}

function OptionField({
  option,
  value,
  isHidden,
  onChange,
}: {
  readonly option: Option;
  readonly value: string;
  readonly isHidden: boolean;
  readonly onChange: (text: string) => void;
}) {
  const { carriers: w, common } = useWords();
  const { flag, type, choices, isSecret, isRequired, limit, sentence } = option;
  const known = w.options[flag];
  const label = known?.[0] ?? flag;
  const description = (known === undefined ? sentence : known[1]) || undefined;
  const usual = option.default === null ? '' : w.defaultIs(option.default);
  if (type === 'boolean')
    return (
      <Checkbox
        label={label}
        description={description}
        checked={value === 'true'}
        onChange={({ currentTarget }) => onChange(currentTarget.checked ? 'true' : 'false')}
      />
    );
  if (type === 'choice')
    return (
      <NativeSelect
        label={label}
        description={description}
        value={value}
        data={[{ value: '', label: usual || '–' }, ...choices.map((one) => ({ value: one, label: one }))]}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    );
  const shared = {
    label,
    description,
    value,
    title: w.mustBe(limit),
    placeholder: isHidden ? w.secretKept : usual || (isRequired ? '' : common.optional),
    autoComplete: 'off',
    onChange: ({ currentTarget }: React.ChangeEvent<HTMLInputElement>) => onChange(currentTarget.value),
  };
  return isSecret ? (
    <PasswordInput {...shared} autoComplete="new-password" />
  ) : (
    <TextInput {...shared} inputMode={type === 'number' ? 'numeric' : 'text'} />
  );
}
