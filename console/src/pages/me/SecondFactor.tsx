// Turning the second factor on and off, and its recovery codes. The QR code is drawn here by uqr: the secret never becomes a
// request for an image. Recovery codes are shown once.
import { Button, Modal, PasswordInput, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect, useState } from 'react';
import { call, setCsrf } from '../../api.ts';
import { useForm } from '../../parts/forms.tsx';
import { ErrorBox, Section } from '../../parts/Page.tsx';
import { Copy } from '../../parts/values.tsx';
import { useWords } from '../../words/words.ts';
import css from './me.module.css';

type Step = 'start' | 'stop' | 'renew' | null;

interface SecondFactorProps {
  readonly hasTotp: boolean;
  readonly codesLeft: number;
  readonly onChange: () => Promise<void>;
}

export function SecondFactor({ hasTotp, codesLeft, onChange }: SecondFactorProps) {
  const { me: w, common } = useWords();
  const [step, setStep] = useState<Step>(null);
  const close = () => setStep(null);
  const titles = { start: w.totp, stop: w.totpStop, renew: w.codesRenew } as const;
  return (
    <Section title={w.totp}>
      <p className="soft">{hasTotp ? w.totpOn(codesLeft) : w.totpOff}</p>
      <div className="row">
        {hasTotp ? (
          <>
            <Button variant="default" onClick={() => setStep('renew')}>
              {w.codesRenew}
            </Button>
            <Button variant="default" onClick={() => setStep('stop')}>
              {w.totpStop}
            </Button>
          </>
        ) : (
          <Button variant="default" onClick={() => setStep('start')}>
            {w.totpStart}
          </Button>
        )}
      </div>
      <Modal
        opened={step !== null}
        onClose={close}
        title={step === null ? '' : titles[step]}
        size="lg"
        closeButtonProps={{ 'aria-label': common.close }}
      >
        {step === 'start' ? <Start onDone={close} onChange={onChange} /> : null}
        {step === 'stop' ? <Stop onDone={close} onChange={onChange} /> : null}
        {step === 'renew' ? <Renew onDone={close} onChange={onChange} /> : null}
      </Modal>
    </Section>
  );
}

interface StepProps {
  readonly onDone: () => void;
  readonly onChange: () => Promise<void>;
}

function Start({ onDone, onChange }: StepProps) {
  const { me: w } = useWords();
  const [secret, setSecret] = useState<{ secret: string; uri: string } | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const first = useForm(async (_, data) => {
    setSecret(await call('me.startTotp', { body: { password: String(data.get('password') ?? '') } }));
  });
  const second = useForm(async (text) => {
    const answer = await call('me.confirmTotp', { body: { code: text('code').replace(/\s/g, '') } });
    setCsrf(answer.csrf);
    setCodes(answer.recoveryCodes);
    await onChange();
  });
  if (codes !== null) return <Codes codes={codes} onDone={onDone} />;
  if (secret === null)
    return (
      <form key="password" className={css['form']} onSubmit={first.onSubmit}>
        <PasswordInput
          name="password"
          label={w.totpPassword}
          autoComplete="current-password"
          required
          withAsterisk={false}
          data-autofocus
        />
        {first.error === null ? null : <ErrorBox error={first.error} />}
        <Button type="submit" loading={first.isBusy}>
          {w.continue}
        </Button>
      </form>
    );
  return (
    <form key="code" className="stack" onSubmit={second.onSubmit}>
      <p>{w.totpScan}</p>
      <div className={css['qr']}>
        <QrCode text={secret.uri} />
        <div className="stack tight">
          <span className="label">{w.totpSecret}</span>
          <span>
            <code>{secret.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
            <Copy text={secret.secret} name={w.totpSecret} />
          </span>
          <TextInput
            name="code"
            label={w.totpCode}
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            withAsterisk={false}
            autoFocus
          />
          {second.error === null ? null : <ErrorBox error={second.error} />}
          <Button type="submit" loading={second.isBusy}>
            {w.totpConfirm}
          </Button>
        </div>
      </div>
    </form>
  );
}

function Stop({ onDone, onChange }: StepProps) {
  const { me: w } = useWords();
  const form = useForm(async (_, data) => {
    await call('me.stopTotp', { body: { password: String(data.get('password') ?? '') } });
    await onChange();
    notifications.show({ message: w.totpStopped });
    onDone();
  });
  return (
    <form className={css['form']} onSubmit={form.onSubmit}>
      <p>{w.totpStopText}</p>
      <PasswordInput
        name="password"
        label={w.totpPassword}
        autoComplete="current-password"
        required
        withAsterisk={false}
        data-autofocus
      />
      {form.error === null ? null : <ErrorBox error={form.error} />}
      <Button type="submit" data-danger loading={form.isBusy}>
        {w.totpStop}
      </Button>
    </form>
  );
}

function Renew({ onDone, onChange }: StepProps) {
  const { me: w } = useWords();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const form = useForm(async (_, data) => {
    const answer = await call('me.renewRecoveryCodes', {
      body: { password: String(data.get('password') ?? '') },
    });
    setCodes(answer.recoveryCodes);
    await onChange();
  });
  if (codes !== null) return <Codes codes={codes} onDone={onDone} />;
  return (
    <form className={css['form']} onSubmit={form.onSubmit}>
      <p>{w.codesRenewText}</p>
      <PasswordInput
        name="password"
        label={w.totpPassword}
        autoComplete="current-password"
        required
        withAsterisk={false}
        data-autofocus
      />
      {form.error === null ? null : <ErrorBox error={form.error} />}
      <Button type="submit" loading={form.isBusy}>
        {w.codesRenew}
      </Button>
    </form>
  );
}

function Codes({ codes, onDone }: { readonly codes: readonly string[]; readonly onDone: () => void }) {
  const { me: w, common } = useWords();
  return (
    <div className="stack">
      <h3>{w.codesTitle}</h3>
      <p>{w.codesText}</p>
      <ul className={css['codes']}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="row">
        <Copy text={codes.join('\n')} name={w.codesCopy} />
        <Button variant="default" onClick={() => window.print()}>
          {w.codesPrint}
        </Button>
        <Button onClick={onDone}>{common.done}</Button>
      </div>
    </div>
  );
}

/** Dark modules as one path. uqr is loaded when a code is shown first. */
function QrCode({ text }: { readonly text: string }) {
  const { me: w } = useWords();
  const [code, setCode] = useState<{ size: number; path: string } | null>(null);
  useEffect(() => {
    void import('uqr').then(({ encode }) => {
      const { data, size } = encode(text, { border: 1 });
      const path = data
        .flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
        .join('');
      setCode({ size, path });
    });
  }, [text]);
  return (
    <svg
      viewBox={`0 0 ${code?.size ?? 1} ${code?.size ?? 1}`}
      role="img"
      aria-label={w.qr}
      shapeRendering="crispEdges"
    >
      <path d={code?.path ?? ''} fill="#000000" />
    </svg>
  );
}
