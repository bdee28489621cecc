// @ts-check
/**
 * Songs that a network wrote: four verses chosen from the twenty songs in
 * checkpoints/lyrics/gene-lyrica-three/samples/songs.txt, as the lyrics page shows them. They play while no network is
 * loaded.
 */

export const RECORDED_SONGS = [
  `I saw her behind the garden door
With a ring in my coat and a chair
I sat in my coat with my feet on the floor
And I looked at my phone on the stair`,
  `The elevator died at the station door
By five o’clock, and it’s out in the air.
I’m twelve! I’m walking. I can’t see my shoe,
I can’t know my best that I don’t know where`,
  `Round and round, round the edge of the side
Down the hill, up the hill to the tip
Nobody said the thing that we ever heard
Half a person that gave me a slip`,
  `It’s forty years old and it’s orange and it’s late
There’s a hole on the collar and a sock in the air
It has come to me, and it hasn’t been fed
Or it passed that I ever been there`,
];
