// Stands in for a member's task that is not written yet.
console.error(`${process.argv[2] ?? 'This task'} is not written yet`)
process.exitCode = 1
