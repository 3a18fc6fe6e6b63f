// E-mail and password, then the code of the second factor. Used by the page SignIn and by the dialog of an ended session.
// Never says which of e-mail and password is wrong: the server does not either.
import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { CallError, call, setCsrf } from '../../api.ts';
import { ErrorBox } from '../../parts/Page.tsx';
import { clockTime, nowMs } from '../../words/format.ts';
import { useWords } from '../../words/words.ts';
import css from './sign-in.module.css';

export function SignInForm({ onSignedIn }: { readonly onSignedIn: () => Promise<void> }) {
  const { signIn: w } = useWords();
  const [needsCode, setNeedsCode] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: React.FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '');
    setBusy(true);
    setError(null);
    try {
      const answer = needsCode
        ? await call('session.secondFactor', { body: { code: text('code').replace(/\s/g, '') } })
        : await call('session.signIn', {
            body: { email: text('email').trim(), password: text('password'), staySignedIn: form.has('stay') },
          });
      setCsrf(answer.csrf);
      if (answer.state === 'second-factor') setNeedsCode(true);
      else await onSignedIn();
    } catch (failure) {
      if (needsCode && failure instanceof CallError && failure.reason === 'session-missing')
        setNeedsCode(false);
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const retryAfterMs = error instanceof CallError ? error.retryAfterMs : null;
  return (
    <form className={css['fields']} onSubmit={(event) => void submit(event)}>
      {needsCode ? (
        <TextInput
          key="code"
          name="code"
          label={w.code}
          autoComplete="one-time-code"
          inputMode="text"
          required
          withAsterisk={false}
          autoFocus
        />
      ) : (
        <>
          <TextInput
            name="email"
            type="email"
            label={w.email}
            autoComplete="username"
            required
            withAsterisk={false}
            autoFocus
          />
          <PasswordInput
            name="password"
            label={w.password}
            autoComplete="current-password"
            required
            withAsterisk={false}
          />
          <Checkbox name="stay" label={w.stay} />
        </>
      )}
      {error === null ? null : <ErrorBox error={error} />}
      {retryAfterMs === null ? null : <p className="soft">{w.again(clockTime(nowMs() + retryAfterMs))}</p>}
      <Button type="submit" loading={isBusy}>
        {needsCode ? w.codeSubmit : w.submit}
      </Button>
    </form>
  );
}
