// npm run sim: the log's simulation; npm run sim -- --cluster: the cluster's. docs/SIMULATION.md has the flags.
const isCluster = process.argv.includes('--cluster');
await import(isCluster ? './cluster/sim/main.ts' : './log/sim/main.ts');
