import type { Image } from '../../drivers/driver.ts';
import type { Connection } from './connection.ts';

/** The images of the drivers' stores as last seen. The engines are the truth. */
export type ImageTable = {
  list(hostId: string, driver: string): Image[];
  /** Replaces all of one driver. */
  replace(hostId: string, driver: string, images: readonly Image[]): void;
};

/** The table on an open inventory. */
export function imageTable(connection: Connection): ImageTable {
  return {
    list: (hostId, driver) =>
      connection
        .prepare('SELECT image_json FROM images WHERE host_id = ? AND driver = ? ORDER BY id')
        .all(hostId, driver)
        .map((row) => JSON.parse(row.image_json as string)),
    replace(hostId, driver, images) {
      connection.write(() => {
        connection.prepare('DELETE FROM images WHERE host_id = ? AND driver = ?').run(hostId, driver);
        for (const image of images) {
          connection
            .prepare('INSERT OR REPLACE INTO images (host_id, driver, id, image_json) VALUES (?, ?, ?, ?)')
            .run(hostId, driver, keyOf(image), JSON.stringify(image));
        }
      });
    },
  };
}

/** Two engines of one driver can have the same image. */
function keyOf(image: Image): string {
  return image.endpoint === undefined ? image.id : `${image.endpoint}/${image.id}`;
}
