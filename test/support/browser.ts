// One Chromium for a test process: launched with the first page, closed by `closeBrowser`. Used by test/console and
// scripts/console-shots.ts. Each page fails its test for a request to another origin and for a violation of the policy.
import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContext, type Page, chromium as playwright } from 'playwright-core';
import { patienceMs } from './until.ts';

/** No sandbox: tests run as root in containers, where Chromium cannot make one. */
const args = [
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--headless=shell',
  '--hide-scrollbars',
  '--disable-dev-shm-usage',
];

let launched: Promise<Browser> | null = null;

async function launch(): Promise<Browser> {
  const executablePath = await chromium.executablePath();
  return playwright.launch({ executablePath, args, headless: true });
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly language?: 'en' | 'fr';
  /** Cookies and storage of another page. */
  readonly storageState?: Awaited<ReturnType<BrowserContext['storageState']>>;
}

export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Violations of the policy, requests to other origins, exceptions of the page. Empty: none. */
  readonly faults: string[];
}

export async function openPage(origin: string, options: PageOptions = {}): Promise<WatchedPage> {
  launched ??= launch();
  const browser = await launched;
  const { width = 1440, height = 900, colorScheme = 'light', language = 'en' } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    locale: language === 'fr' ? 'fr-FR' : 'en-GB',
    timezoneId: 'Europe/Paris',
    colorScheme,
    reducedMotion: 'reduce',
    ...(options.storageState ? { storageState: options.storageState } : {}),
  });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(data|blob|about):/.test(url)) faults.push(`foreign request: ${url}`);
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy|Content-Security-Policy/i.test(message.text()))
      faults.push(`policy: ${message.text()}`);
  });
  return { page, context, faults };
}

export async function closeBrowser(): Promise<void> {
  const browser = await launched;
  launched = null;
  await browser?.close();
}
