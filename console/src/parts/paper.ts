// A page to print: white in the dark theme too, with its name as the name of the PDF file. Used by the printed pages.
import { useEffect } from 'react';

export function usePaper(title: string): void {
  useEffect(() => {
    const root = document.documentElement;
    const before = root.dataset['mantineColorScheme'];
    root.dataset['mantineColorScheme'] = 'light';
    document.title = title;
    return () => {
      if (before !== undefined) root.dataset['mantineColorScheme'] = before;
    };
  }, [title]);
}
