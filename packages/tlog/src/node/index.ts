/** What needs Node: logs in folders, and a witness that remembers in a folder. */

export { folderSource } from "./folderSource.ts";
export { openWitnessFolder, type WitnessFolder } from "./witnessFolder.ts";
