// Words of opt-outs, for domain/recipients/opt-out.ts, which compares them without case, accents and repeated letters.
// Sources: the seven words of the FCC (47 CFR 64.1200 (a)(10)), the required lists of AWS, Twilio, Braze and Sakari,
// ARCEP and AF2M for France, the words that regulators and operators of the other countries print in their mentions.

/** Mean an opt-out and nothing else when a reply begins with them. */
export const stopWords = [
  // All languages
  'STOP STOPS STOPALL STOPSMS SMSSTOP STOPPUB STOPPUBS PUBSTOP STOPSVP STOPMERCI STOPPLEASE STOPNOW STOPIT STOPTHIS',
  'STOPTEXTING STOPMSG STOPMESSAGES STOPEN STOPBITTE UNSUBSCRIBE UNSUSCRIBE UNSUBCRIBE UNSUBSRIBE UNSUBSCRIB UNSUB OPTOUT',
  // French
  'DESABONNER DESABONNEMENT DESABONNEZ DESABONNE DESABO DESINSCRIRE DESINSCRIPTION DESINSCRIVEZ DESINSCRIT NOPUB',
  // German, Dutch, Scandinavian, Finnish
  'ABBESTELLEN ABMELDEN ABMELDUNG AFMELDEN UITSCHRIJVEN AVREGISTRERA AVREGISTRER AVMELD AFMELD FRAMELD',
  // Spanish, Portuguese, Italian, Romanian
  'DESUSCRIBIR DESUSCRIBIRME DESUSCRIBIRSE DESCADASTRAR DESINSCREVER CANCELLAMI DISISCRIVI DISISCRIVIMI DISISCRIVERE',
  'DEZABONARE DEZABONEAZA',
  // Polish, Czech, Slovak, Hungarian, South Slavic
  'WYPISZ WYPISUJE REZYGNUJE ODHLASIT ODHLAS LEIRATKOZAS LEIRATKOZOM ODJAVA ODJAVI',
  // Russian, Ukrainian, Bulgarian
  'СТОП ОТПИСАТЬСЯ ОТПИСКА ОТПИШИТЕ ВІДПИСАТИСЯ ОТПИШИ',
  // Greek
  'ΣΤΟΠ ΑΠΕΓΓΡΑΦΗ ΔΙΑΓΡΑΦΗ ΔΙΑΚΟΠΗ',
  // Arabic, Hebrew, Hindi
  'ستوب ستب إيقاف סטופ הסר הסרה स्टॉप',
  // Turkish, Indonesian
  'ABONELIKTENCIK UNREG',
];

/** Beginnings in scripts that set no spaces between words: Chinese, Japanese, Korean, Thai. */
export const wordsWithoutSpaces = ['退订', '退訂', '配信停止', '수신거부', 'ยกเลิก'];

/** Hasty thumbs; as first words of a sentence they may be something else. STP is French for please. */
export const stopTypos = [
  'STOPE STOPT STOPO STOPA STOPQ STOPD STOOPS SOTP STPO TSOP ST0P ST9P 5TOP SROP DTOP STIP STOL STOB STOPPP',
];

/** Ordinary words too: they count alone and among companions. */
export const ordinaryWords = [
  'ARRET ARRETER ARRETEZ ARRETE ARRETES ANNULER RESILIER RESILIATION RETIRER RETIREZ SUPPRIMER SUPPRIMEZ',
  'REMOVE UNLIST STOPPING STOPPED STOPPEN BEENDEN LÖSCHEN VERWIJDEREN LOPETA PERUUTA AVSLUTA STOPPA',
  'BAJA PARAR PARE CANCELAR ELIMINAR BORRAR REMOVER SAIR SALIR BASTA CANCELLA CANCELLARE ANULEAZA',
  'KONIEC ZATRZYMAJ ZRUSIT RET IPTAL DUR DURDUR BERHENTI HUY توقف الغاء إلغاء أوقف ОТМЕНА 停止 中止',
];

/** Opt-outs only when nothing else is said: alone they are keywords of carriers, in a sentence ordinary words. */
export const exactWords = ['END QUIT CANCEL REVOKE TD OUT FIN QUIT2END END2QUIT'];

/** Beginnings of several words. */
export const phrases = [
  'OPT OUT',
  'OPT ME OUT',
  'REMOVE ME',
  'TAKE ME OFF',
  'DO NOT TEXT',
  'DON T TEXT',
  'DONT TEXT',
  'DO NOT CONTACT',
  'DON T CONTACT',
  'NO MORE TEXTS',
  'NO MORE MESSAGES',
  'NO MORE SMS',
  'PLUS DE SMS',
  'PLUS DE PUB',
  'PLUS DE PUBLICITE',
  'NE PLUS RECEVOIR',
  'JE NE VEUX PLUS RECEVOIR',
  'JE NE SOUHAITE PLUS RECEVOIR',
  'ME RETIRER DE VOTRE',
  'KEINE SMS MEHR',
  'KEINE WERBUNG MEHR',
  'KEINE NACHRICHTEN MEHR',
  'DAR DE BAJA',
  'DARME DE BAJA',
  'DARSE DE BAJA',
  'NO MAS MENSAJES',
  'NO MAS SMS',
  'NO QUIERO RECIBIR',
  'NON VOGLIO RICEVERE',
  'NON VOGLIO PIU RICEVERE',
  'NAO QUERO RECEBER',
  'GEEN SMS MEER',
  'GEEN BERICHTEN MEER',
];

/** After STOP as first word: it is part of something else. */
export const unlessFollowedBy = [
  'BY OVER AT OR AND N OU ET ODER UND O Y MOTION SIGN LIGHT LIGHTS LOSS WATCH MARCHE KIDDING JOKING LYING WORRYING',
  'CRYING LAUGHING SMOKING COVID HERE THERE ICI LA AUTO',
];

/** Greetings, politeness and the beginning of a wish, before an opt-out word and after it. */
export const leadIns = [
  'BONJOUR BONSOIR SALUT MERCI SVP STP S IL VOUS TE PLAIT VEUILLEZ PRIERE DE JE VEUX SOUHAITE VOUDRAIS DEMANDE ME MA MON',
  'HELLO HI HEY PLEASE PLS PLZ KINDLY SORRY I WANT WOULD LIKE TO THANKS THANK YOU THX',
  'HALLO BITTE DANKE ICH MÖCHTE WILL MICH MEINE GUTEN TAG AUB GRAAG',
  'HOLA POR FAVOR GRACIAS QUIERO DESEO OLA OBRIGADO OBRIGADA QUERO CIAO PER FAVORE GRAZIE VORREI VOGLIO',
  'PROSZE DZIEKUJE CZESC LUTFEN TESEKKURLER ΠΑΡΑΚΑΛΩ ΕΥΧΑΡΙΣΤΩ من فضلك شكرا ПОЖАЛУЙСТА СПАСИБО',
];

/** What one may want to stop, and how one says so. */
export const companionWords = [
  'MONSIEUR MADAME A AU AUX LE LES DES DU CES CE CET VOS VOTRE ENVOI ENVOIS ENVOYER ECRIRE RECEVOIR MOI M DE D L LISTE',
  'PUB PUBS PUBLICITE PUBLICITES SMS MMS MESSAGE MESSAGES MSG MSGS TEXTO TEXTOS ABONNEMENT TOUT TOUTE SPAM SPAMS',
  'NOW ALL IT THIS SENDING TEXTING MESSAGING CALLING CONTACTING THESE THE YOUR MY TEXT TEXTS REMINDERS REMINDER ADS FROM',
  'SUBSCRIPTION LIST NUMBER ANY MORE ANYMORE MAILING SERVICE ALERTS NOTIFICATIONS',
  'ALLE WERBUNG NACHRICHTEN NEWSLETTER VON DER DIE DEN ALSTUBLIEFT BERICHTEN',
  'LA EL LOS MENSAJES MENSAJE PUBLICIDAD SUSCRIPCION MENSAGEM MENSAGENS MESSAGGI MESSAGGIO PUBBLICITA GLI I',
  'WIADOMOSCI SUBSKRYPCJE MESAJ MESAJLARI SMSLERI الاشتراك الرسائل РАССЫЛКА РАССЫЛКУ',
];
