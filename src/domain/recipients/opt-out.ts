// Does a reply say STOP? Serves the recording of replies. A person who wants out must be heard with the usual typing
// errors; one who writes a sentence with the word in it ("please stop by at 5") must not be silenced. So every word of
// the reply has to be a keyword or a word that goes along with one.

/** What stands with a message that was not sent because its recipient had said STOP. */
export const optedOutError = 'opted out';

/** Words that ask to be left alone, without accents, repeated letters folded (STOPP, STOOOP are STOP). */
const keywords: ReadonlySet<string> = new Set(
  [
    // Every language, and the errors of hasty thumbs.
    'STOP STOPS STOPE STOPT SOTP STPO TSOP ST0P STOPSMS SMSSTOP STOPPUB STOPPUBS STOPALL STOPSVP',
    // French
    'ARRET ARRETER ARRETEZ ARRETE DESABONNER DESABONNEMENT DESABONNEZ DESINSCRIRE DESINSCRIPTION DESINSCRIVEZ',
    // English
    'UNSUBSCRIBE UNSUSCRIBE UNSUBCRIBE UNSUB OPTOUT',
    // German, Dutch
    'STOPPEN ABMELDEN ABBESTELLEN AFMELDEN UITSCHRIJVEN',
    // Spanish, Portuguese, Italian
    'BAJA PARAR PARE CANCELAR REMOVER BASTA CANCELLA CANCELLAMI DISISCRIVI',
    // Polish, Russian
    'WYPISZ СТОП ОТПИСАТЬСЯ',
  ].flatMap((line) => line.split(' ').map(foldLetters)),
);

/** Opt-outs only when nothing else is said: alone they are carrier keywords, in a sentence ordinary words. */
const loneKeywords: ReadonlySet<string> = new Set(['END', 'QUIT', 'CANCEL', 'REVOKE'].map(foldLetters));

/** Courtesy, and what one may want to stop. */
const companions: ReadonlySet<string> = new Set(
  [
    'SVP STP MERCI S IL VOUS TE PLAIT MONSIEUR MADAME BONJOUR',
    'A AU AUX LA LE LES DE DES CES CE VOS ENVOI ENVOIS PUB PUBS PUBLICITE PUBLICITES SMS MMS MESSAGE MESSAGES MSG TEXTO TEXTOS MOI ME M ENVOYER ECRIRE',
    'PLEASE PLS PLZ THANKS THANK YOU NOW ALL SENDING TEXTING MESSAGING THESE TEXTS ADS',
    'BITTE DANKE AUB GRAAG POR FAVOR GRACIAS OBRIGADO PER FAVORE GRAZIE',
  ].flatMap((line) => line.split(' ').map(foldLetters)),
);

// Longer replies are conversation, whatever they contain.
const maxWords = 8;

/** A word spelled apart (S T O P, opt out) counts as the word. */
export function isStop(text: string): boolean {
  if (text.length > 160) return false;
  const words = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map(foldLetters);
  if (words.length === 0 || words.length > maxWords) return false;
  if (words.length === 1 && loneKeywords.has(words[0]!)) return true;
  if (keywords.has(words.join(''))) return true;
  return words.some(isKeyword) && words.every((word) => isKeyword(word) || isCompanion(word));
}

/** STOP36180: the word and the short code written as one. */
function isKeyword(word: string): boolean {
  return keywords.has(word) || keywords.has(word.replace(/\d{1,6}$/, ''));
}

function isCompanion(word: string): boolean {
  return companions.has(word) || /^\d{4,6}$/.test(word);
}

function foldLetters(word: string): string {
  return word.replace(/(\p{L})\1+/gu, '$1');
}
