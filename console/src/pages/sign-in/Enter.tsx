// The one-time link of the operator: `/console/enter#TOKEN`. Signs in, then asks for e-mail and password. The token is in the
// fragment, so that no log has it; it is removed from the address at once.
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { CallError, call, setCsrf } from '../../api.ts';
import { ErrorBox } from '../../parts/Page.tsx';
import { firstPage, reloadSession } from '../../session.tsx';
import { useWords } from '../../words/words.ts';
import { Frame } from './Frame.tsx';
import css from './sign-in.module.css';

export function Enter() {
  const { signIn: w, errors } = useWords();
  const navigate = useNavigate();
  const isStarted = useRef(false);
  const [step, setStep] = useState<{ canPostpone: boolean } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [hasToken, setHasToken] = useState(true);
  const finish = async () => {
    const session = await reloadSession();
    await navigate({ to: firstPage(session), replace: true });
  };
  useEffect(() => {
    document.title = `${w.enterTitle} · Chappe`;
    // A link works once, and development mounts twice.
    if (isStarted.current) return;
    isStarted.current = true;
    const token = window.location.hash.slice(1);
    window.history.replaceState(window.history.state, '', '/console/enter');
    if (token.length < 20) {
      setHasToken(false);
      return;
    }
    void call('session.enter', { body: { token } })
      .then(async ({ csrf, needsPassword, canPostpone }) => {
        setCsrf(csrf);
        if (needsPassword) setStep({ canPostpone });
        else await finish();
      })
      .catch(setError);
  });
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '');
    setError(null);
    try {
      const answer = await call('me.setUp', {
        body: { name: text('name').trim(), email: text('email').trim(), password: text('password') },
      });
      setCsrf(answer.csrf);
      await finish();
    } catch (failure) {
      setError(failure);
    }
  };
  const fault = (field: string) => {
    const found = error instanceof CallError ? error.fields[field] : undefined;
    return found === undefined
      ? undefined
      : ((errors.faults as Readonly<Record<string, string>>)[found] ?? found);
  };
  return (
    <Frame title={w.enterTitle}>
      {hasToken ? null : <p>{w.enterNoToken}</p>}
      {hasToken && step === null && error === null ? <p className="soft">{w.enterBusy}</p> : null}
      {step === null ? null : (
        <form className={css['fields']} onSubmit={(event) => void submit(event)}>
          <p className="soft">{w.enterLead}</p>
          <TextInput
            name="name"
            label={w.name}
            autoComplete="name"
            required
            withAsterisk={false}
            autoFocus
            error={fault('name')}
          />
          <TextInput
            name="email"
            type="email"
            label={w.email}
            autoComplete="username"
            required
            withAsterisk={false}
            error={fault('email')}
          />
          <PasswordInput
            name="password"
            label={w.newPassword}
            description={w.passwordHint}
            autoComplete="new-password"
            minLength={12}
            required
            withAsterisk={false}
            error={fault('password')}
          />
          <Button type="submit">{w.enterSubmit}</Button>
          {step.canPostpone ? (
            <>
              <Button variant="default" onClick={() => void finish()}>
                {w.later}
              </Button>
              <p className="faint small">{w.laterHint}</p>
            </>
          ) : null}
        </form>
      )}
      {error === null ? null : <ErrorBox error={error} />}
    </Frame>
  );
}
