// The page of signing in. Opens the page that was asked for, or the first account.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { firstPage, loadSession, reloadSession } from '../../session.tsx';
import { useWords } from '../../words/words.ts';
import { Frame } from './Frame.tsx';
import { SignInForm } from './SignInForm.tsx';
import css from './sign-in.module.css';

export function SignIn() {
  const { signIn: w } = useWords();
  const navigate = useNavigate();
  const { to } = useSearch({ strict: false }) as { to?: string };
  useEffect(() => {
    document.title = `${w.title} · Chappe`;
    void loadSession().then((session) => {
      if (session.state === 'signed-in') void navigate({ to: firstPage(session), replace: true });
    });
  }, [w.title, navigate]);
  const onSignedIn = async () => {
    const session = await reloadSession();
    // Only a path of the console: an address of another site is not followed.
    const wanted = to?.startsWith('/') && !to.startsWith('//') && !to.startsWith('/sign-in') ? to : null;
    if (wanted !== null && wanted !== '/')
      window.location.assign(`/console${wanted.replace(/^\/console/, '')}`);
    else await navigate({ to: firstPage(session), replace: true });
  };
  return (
    <Frame title={w.title}>
      <SignInForm onSignedIn={onSignedIn} />
      <p className={css['lost']}>{w.lost}</p>
    </Frame>
  );
}
