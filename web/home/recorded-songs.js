// @ts-check
/**
 * Songs that a network wrote: four verses chosen from the twenty songs in
 * checkpoints/lyrics/gene-lyrica-three/samples/songs.txt, as the lyrics page shows them. They play while no network is
 * loaded.
 */

export const RECORDED_SONGS = [
  `They swung till midnight at the gate
The clock began to ring
A boy, a bike, a bride, a priest
Sat up and saw her swing`,
  `On Monday the bus came back at noon.
It rained on Wednesday, at half past three.
It rained on Thursday at quarter to four,
And nothing was going to work with me.`,
  `The elevator goes to bed.
It comes on Tuesday night.
It has one eye, it has one eye,
And it is very tight.`,
  `The rain made the snow on the roof of rain,
And the sun came out at the gate.
The ducks were wet, their feet were dry,
The wind was white on a plate.`,
];
