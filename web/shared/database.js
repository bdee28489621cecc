// @ts-check
/** A table of records in IndexedDB. Browsers may refuse storage or run out of it. */

import { UserError } from "./user-error.js";

const PATIENCE_MS = 5000; // damaged profiles never answer

/** Other sites on the same host have their own tables. */
const SITE = new URL("..", import.meta.url).pathname;

/**
 * @typedef {object} Table
 * @property {string} name Name of the database, unique on this site.
 * @property {string} store Name of the table in it.
 * @property {string} key Property that identifies a record; a new record with the same value replaces it.
 * @property {string} order Property by which records are sorted.
 * @property {number} most Maximum number of records.
 * @property {string} denied Message for the visitor if nothing can be stored.
 * @property {string} full Message if there is no more room.
 * @property {string} aborted Message if there would be too many records.
 */

export class Database {
  /** @param {Table} table */
  constructor(table) {
    this.table = table;
    this.name = `gene ${table.name} ${SITE}`;
    /** @type {Promise<IDBDatabase> | undefined} */
    this.connection = undefined;
  }

  /**
   * Run a transaction; its result is that of the request that `run` returns.
   *
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore, transaction: IDBTransaction) => any} run
   * @returns {Promise<any>} Rejects with a UserError.
   */
  async transact(mode, run) {
    const { store, denied, full, aborted } = this.table;
    try {
      this.connection ??= this.open();
      const transaction = (await this.connection).transaction(store, mode);
      return await new Promise((resolve, reject) => {
        const request = run(transaction.objectStore(store), transaction);
        transaction.oncomplete = () => resolve(request?.result);
        transaction.onabort = () => reject(transaction.error ?? new UserError(aborted));
      });
    } catch (error) {
      this.connection = undefined; // the next attempt may succeed
      if (error instanceof UserError) throw error;
      throw new UserError(error.name === "QuotaExceededError" ? full : denied);
    }
  }

  /** All records in order. @returns {Promise<any[]>} */
  all() {
    return this.transact("readonly", (store) => store.index(this.table.order).getAll());
  }

  /** Add records, all of them or none. @param {object[]} records */
  add(records) {
    return this.transact("readwrite", (store, transaction) => {
      for (const record of records) store.put(record);
      const count = store.count();
      count.onsuccess = () => count.result > this.table.most && transaction.abort();
    });
  }

  /** @param {string[]} keys */
  remove(keys) {
    return this.transact("readwrite", (store) => {
      for (const key of keys) store.delete(key);
    });
  }

  /** @returns {Promise<IDBDatabase>} */
  open() {
    const { store, key, order, denied } = this.table;
    return new Promise((resolve, reject) => {
      setTimeout(reject, PATIENCE_MS, new UserError(denied));
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () =>
        request.result.createObjectStore(store, { keyPath: key }).createIndex(order, order);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        request.result.onclose = () => {
          this.connection = undefined; // the visitor has deleted the site's data
        };
        resolve(request.result);
      };
    });
  }
}
