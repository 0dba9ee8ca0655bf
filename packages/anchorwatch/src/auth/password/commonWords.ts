/** Words that the passwords are made of which are tried first, in lower case. */
export const COMMON_WORDS: readonly string[] = (
  "password passwort passwd passw0rd contrasena motdepasse senha parola wachtwoord pass word login logon signin access secret secure " +
  "security admin administrator administrador root superuser sysadmin user username guest test testing tester demo default example sample " +
  "temp temporary changeme change letmein let me in welcome willkommen bienvenue hello hallo hola goodbye please thankyou master monkey " +
  "dragon shadow sunshine princess prinzessin superman batman spiderman ironman pokemon pikachu naruto starwars minecraft fortnite " +
  "football baseball basketball hockey soccer liverpool chelsea arsenal barcelona realmadrid juventus yankees cowboys steelers eagles " +
  "michael michelle jennifer jessica ashley nicole daniel andrew joshua matthew anthony william thomas charlie jordan hunter robert " +
  "iloveyou ichliebedich teamo jetaime loveyou love lover lovely forever family friend friends mother father baby angel heaven jesus " +
  "christ god blessed summer winter spring autumn sommer winter january february march april june july august september october november " +
  "december monday tuesday wednesday thursday friday saturday sunday qwerty qwertz azerty asdf zxcv qazwsx trustno computer internet " +
  "google facebook twitter instagram microsoft windows apple samsung android linux ubuntu amazon github gitlab terraform opentofu " +
  "cloudformation kubernetes docker server service cloud azure production staging database postgres postgresql mysql oracle anchorwatch " +
  "anchor watch company corporate office business money dollar bitcoin diamond golden silver purple orange yellow green black white blue " +
  "red flower butterfly cheese chocolate cookie banana coffee pepper ginger tigger tiger lion eagle falcon phoenix ninja warrior killer " +
  "hacker matrix freedom liberty america england london germany berlin france paris canada mexico brazil india china japan number one two " +
  "three four five six seven eight nine zero abc abcd abcdef whatever nothing something anything my the is and your our this that its for"
).split(" ");
