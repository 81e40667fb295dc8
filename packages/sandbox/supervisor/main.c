// Stub: says that there is no supervisor yet.
int main(void) { return 2; }
